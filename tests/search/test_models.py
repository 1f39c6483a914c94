"""What a build learns from: parts of the catalogue, questions that it covers and questions that lie beyond."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np

from app.release.folder import ReleaseFolder
from app.search.models import read_beyond, read_covered, thin_out
from app.search.parts import fit_parts, judge_parts, number_parts
from tests.running import ROOT


def _around(*centres: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Five vectors of length one near each of some axes."""
    random = np.random.default_rng(1)
    vectors = np.repeat(np.eye(384, dtype=np.float32)[list(centres)], 5, axis=0) + random.normal(0, 0.02, (5 * len(centres), 384))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_the_part_of_a_question_is_that_of_its_neighbours() -> None:
    vectors = _around(0, 1, 2)
    numbers = number_parts([part for part in ("safety", "access", "terms") for _ in range(5)])
    coefficients = fit_parts(vectors, numbers)
    found = [int(np.argmax(judge_parts(vector, coefficients))) for vector in _around(0, 1, 2)[::5]]
    assert found == [1, 0, 2]


def test_chances_of_parts_add_up() -> None:
    coefficients = fit_parts(_around(0, 1), number_parts(["access"] * 5 + ["safety"] * 5))
    assert np.isclose(np.exp(5 * judge_parts(_around(0)[0], coefficients)).sum(), 1)


def test_texts_are_thinned_out_evenly() -> None:
    texts = [str(number) for number in range(10)]
    assert thin_out(texts, 4) == ["0", "3", "6", "9"]
    assert thin_out(texts, 10) == texts
    assert thin_out([], 4) == []


def test_questions_beyond_the_catalogue_name_treatments_in_turn() -> None:
    beyond = read_beyond()
    assert not [text for text in beyond if "{" in text or text.startswith("#")]
    assert "ketamine for migraine" in beyond
    assert len({text.split()[0] for text in beyond if text.endswith(" for migraine")}) >= 3


def test_questions_that_are_covered_are_not_among_those_beyond() -> None:
    covered = read_covered()
    assert len(covered) > 500
    assert not [text for text in covered if text.startswith("#")]
    assert not {text.lower() for text in covered} & {text.lower() for text in read_beyond()}


def test_the_model_is_loaded_ahead_for_releases_that_need_it_only(tmp_path: Path, releases: Path) -> None:
    small = ReleaseFolder(releases).get_current()
    large = tmp_path / "large.sqlite"
    shutil.copy(small, large)
    large.chmod(0o644)
    with closing(sqlite3.connect(large)) as connection:
        connection.execute("DELETE FROM search_array WHERE name = 'alike_rows'")
        connection.commit()
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"no database")
    for path, is_needed in ((small, True), (large, False), (broken, False), (tmp_path / "none.sqlite", False)):
        code = f"""
import sys
from pathlib import Path
from app.search.embedder import load_ahead
load_ahead(Path({str(path)!r}))
print("onnxruntime" in sys.modules)
"""
        found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert found.stdout.strip() == str(is_needed), path
