"""How the process deals with memory. What goes back to the operating system is asked of glibc; elsewhere nothing happens."""

import ctypes
import gc
import sys
from typing import Final

MMAP_THRESHOLD: Final = -3
TRIM_THRESHOLD: Final = -1
ARENA_MAX: Final = -8
"""Numbers of the options in glibc's `malloc.h`."""
LARGE: Final = 4_000_000
"""Bytes from which a piece of memory is the system's again as soon as it is freed. glibc raises this bound by itself to the largest piece
it has seen, so that the arrays behind one answer from a large catalogue stay with the process for good."""
SPARE: Final = 16_000_000
"""Bytes that are kept for the next pieces: getting them anew for each answer would take as long as the answer."""
ARENAS: Final = 2
"""Heaps, each with spare bytes of its own; glibc would make one for every thread."""


def return_large_pieces() -> None:
    """From now on, pieces that are freed do not stay with the process when they are large."""
    option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if option is not None:
        option(MMAP_THRESHOLD, LARGE)
        option(TRIM_THRESHOLD, SPARE)
        option(ARENA_MAX, ARENAS)


def postpone_collecting() -> None:
    """No search for garbage while a program starts: it makes much and throws little away, and each search looks at everything."""
    gc.disable()


def begin_collecting() -> None:
    """From now on garbage is looked for again, but not among what has been made until now, which stays as long as the program."""
    gc.freeze()
    gc.enable()


def give_memory_back() -> None:
    """Let the operating system have what is not in use: about 60 MB that reading the sentence model took."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
