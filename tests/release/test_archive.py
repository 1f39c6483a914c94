"""Going back to an earlier release, and removing old ones."""

import os
import sqlite3
from pathlib import Path

import pytest

from app.errors import ReleaseError
from app.release.archive import list_releases, prune, roll_back
from app.release.checksum import checksum_path, write_checksum
from app.release.folder import ReleaseFolder
from app.release.layout import FORMAT
from tests.conftest import SAMPLE, build_from


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return build_from(SAMPLE, tmp_path_factory.mktemp("built")).read_bytes()


@pytest.fixture
def folder(tmp_path: Path, built: bytes) -> ReleaseFolder:
    """A folder in which the releases a, b, c, d were current one after the other."""
    folder = ReleaseFolder(tmp_path)
    for name in "abcd":
        folder.make_current(put(tmp_path, name, built))
    return folder


def put(folder: Path, name: str, data: bytes) -> Path:
    path = folder / f"{name}.sqlite"
    path.write_bytes(data)
    write_checksum(path)
    return path


def names(folder: ReleaseFolder) -> list[str]:
    return [release.path.stem for release in list_releases(folder)]


def current(folder: ReleaseFolder) -> str:
    return folder.get_current().stem


def test_list_begins_with_the_current_one_and_says_what_is_wrong(folder: ReleaseFolder, built: bytes) -> None:
    put(folder.path, "never", built)
    (folder.path / ".draft.sqlite").write_bytes(b"")
    (folder.path / "b.sqlite").write_bytes(built + b"x")
    checksum_path(folder.path / "a.sqlite").unlink()
    held = list_releases(folder)
    assert [(release.path.stem, release.is_current, release.fault is None) for release in held] == [
        ("d", True, True), ("c", False, True), ("b", False, False), ("a", False, False), ("never", False, True),
    ]  # fmt: skip
    assert "b.sqlite is damaged" in str(held[2].fault)
    assert "a.sqlite.sha256 is missing" in str(held[3].fault)


def test_current_release_that_is_not_there_is_told(folder: ReleaseFolder) -> None:
    (folder.path / "d.sqlite").unlink()
    first, *_ = list_releases(folder)
    assert (first.path.stem, first.is_current, "There is no release at" in str(first.fault)) == ("d", True, True)


def test_rollback_takes_the_usable_one_before_and_can_be_taken_back(folder: ReleaseFolder, built: bytes) -> None:
    (folder.path / "c.sqlite").write_bytes(built[:-1])
    assert roll_back(folder).stem == current(folder) == "b"
    assert names(folder) == ["b", "d", "c", "a"]
    assert roll_back(folder).stem == "d"


@pytest.mark.parametrize("name", ["a", "a.sqlite", "elsewhere/a"])
def test_rollback_to_a_name(folder: ReleaseFolder, name: str) -> None:
    assert roll_back(folder, name).stem == current(folder) == "a"


def test_rollback_to_what_cannot_be_served_changes_nothing(folder: ReleaseFolder) -> None:
    older = folder.path / "older.sqlite"
    older.write_bytes((folder.path / "a.sqlite").read_bytes())
    with sqlite3.connect(older) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT - 1),))
    write_checksum(older)
    for name, said in (("older", f"format {FORMAT - 1}, this program serves format {FORMAT}"), ("nothing", "There is no release at")):
        with pytest.raises(ReleaseError, match=said):
            roll_back(folder, name)
    assert current(folder) == "d"


def test_rollback_without_an_earlier_release_says_so(tmp_path: Path, built: bytes) -> None:
    folder = ReleaseFolder(tmp_path)
    folder.make_current(put(tmp_path, "only", built))
    with pytest.raises(ReleaseError, match="no usable release that was current before"):
        roll_back(folder)
    assert current(folder) == "only"


def test_content_older_than_the_rollback_is_not_built_again(folder: ReleaseFolder, tmp_path_factory: pytest.TempPathFactory) -> None:
    data = tmp_path_factory.mktemp("data")
    file = data / "term.yaml"
    file.write_text("id: x")
    roll_back(folder, "a")
    rolled_back_ns = folder.pointer.stat().st_mtime_ns
    for path, later_ns, is_older in ((file, -1, False), (file, 1, True)):
        os.utime(path, ns=(0, rolled_back_ns + later_ns))
        os.utime(data, ns=(0, 0))
        assert folder.is_older_than([data]) is is_older


def test_prune_keeps_the_current_one_and_so_many_usable_ones_before_it(folder: ReleaseFolder, built: bytes) -> None:
    put(folder.path, "never", built)
    (folder.path / "c.sqlite").write_bytes(b"broken")
    (folder.path / "notes.txt").write_text("mine")
    assert [path.stem for path in prune(folder, 1)] == ["c", "a", "never"]
    assert sorted(path.name for path in folder.path.iterdir()) == [
        "b.sqlite", "b.sqlite.sha256", "current", "d.sqlite", "d.sqlite.sha256", "notes.txt",
    ]  # fmt: skip
    assert names(folder) == ["d", "b"]
    assert prune(folder, 1) == []


def test_prune_without_a_current_release_removes_nothing(tmp_path: Path, built: bytes) -> None:
    put(tmp_path, "a", built)
    with pytest.raises(ReleaseError, match="nothing is removed"):
        prune(ReleaseFolder(tmp_path), 0)
    assert (tmp_path / "a.sqlite").is_file()
