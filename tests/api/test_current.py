"""Which release is served, when those that come along cannot be."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from app.api.current import CurrentRelease
from app.release.checksum import checksum_path, write_checksum
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from tests.conftest import SAMPLE, Edit, build_from

pytestmark = pytest.mark.anyio


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def truncate_with_checksum(path: Path) -> None:
    truncate(path)
    write_checksum(path)


def tamper(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data.replace(b"hiccups", b"HICCUPS", 1))
    assert path.read_bytes() != data


def swap_for_another(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE item SET name = 'other'")


def make_older(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'format'")
    write_checksum(path)


def forget_name(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM meta WHERE key = 'name'")


def lose_checksum(path: Path) -> None:
    checksum_path(path).unlink()


BROKEN = (truncate, truncate_with_checksum, tamper, swap_for_another, make_older, forget_name, lose_checksum, Path.unlink)


@pytest.mark.parametrize("damage", BROKEN)
async def test_broken_release_of_any_kind_leaves_the_old_one_serving(
    damage: Callable[[Path], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = build_from(SAMPLE, tmp_path)
    current = CurrentRelease(ReleaseFolder(tmp_path))
    assert current.get().name == path.stem
    broken = tmp_path / "2030.01.01-ffffffff.sqlite"
    broken.write_bytes(path.read_bytes())
    write_checksum(broken)
    damage(broken)
    ReleaseFolder(tmp_path).make_current(broken)
    assert not current.refresh()
    assert current.get().name == path.stem
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "2030.01.01-ffffffff" in told
    assert told.endswith("The release served before goes on.")
    started = CurrentRelease(ReleaseFolder(tmp_path))
    assert started.get().name == path.stem, "who starts now serves the one before too"


async def test_release_that_cannot_be_made_ready_does_not_end_the_watch(
    edit: Edit, content: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "releases"
    first = build_from(content, folder).stem
    current, refused = CurrentRelease(ReleaseFolder(folder)), anyio.Event()
    current.refresh()
    swapped = anyio.Event()
    current.on_swap.append(lambda _store, _since: swapped.set())
    second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), folder).stem

    async def warm(store: ReleaseStore) -> None:
        await anyio.lowlevel.checkpoint()
        if store.name == second:
            refused.set()
            raise ValueError

    with anyio.fail_after(60):
        async with current.watched(0.01, warm):
            await refused.wait()
            assert current.get().name == first
            third = build_from(edit("terms/response.yaml", "by half or more", "by 50% or more"), folder).stem
            await swapped.wait()
    assert current.get().name == third
    assert "could not be made ready" in caplog.text


async def test_pointer_that_cannot_be_read_is_told_and_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    name = build_from(SAMPLE, tmp_path).stem
    current = CurrentRelease(ReleaseFolder(tmp_path))
    assert current.get().name == name
    (tmp_path / "current").write_bytes(b"\xff\xfe")
    assert not current.refresh()
    assert (current.get().name, "cannot be read" in caplog.text) == (name, True)
