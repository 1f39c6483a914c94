"""Memory that was needed for a moment only goes back to the operating system. Only glibc is asked; elsewhere nothing happens."""

import ctypes
import sys
from typing import Final

MMAP_THRESHOLD: Final = -3
TRIM_THRESHOLD: Final = -1
"""Numbers of the options in glibc's `malloc.h`."""
LARGE: Final = 4_000_000
"""Bytes from which a piece of memory is the system's again as soon as it is freed. glibc raises this bound by itself to the largest piece
it has seen, so that the arrays behind one answer from a large catalogue stay with the process for good."""
SPARE: Final = 16_000_000
"""Bytes that are kept for the next pieces: getting them anew for each answer would take as long as the answer."""


def return_large_pieces() -> None:
    """From now on, pieces that are freed do not stay with the process when they are large."""
    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        option(MMAP_THRESHOLD, LARGE)
        option(TRIM_THRESHOLD, SPARE)


def give_memory_back() -> None:
    """Let the operating system have what is not in use: about 60 MB that reading the sentence model took."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
