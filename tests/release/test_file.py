"""A release file as bytes: whether it is whole."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.release.file import ReleaseFile


@pytest.mark.parametrize("page", [4096, 16_384, 65_536])
def test_a_file_is_whole_when_it_has_all_of_its_pages(tmp_path: Path, page: int) -> None:
    path = tmp_path / "file.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA page_size = {page}")
        connection.execute("CREATE TABLE kept AS SELECT hex(randomblob(100000)) AS data")
    size = path.stat().st_size
    assert size >= 2 * page
    for cut, whole in ((0, True), (1, False), (page, False)):
        path.write_bytes(path.read_bytes()[: size - cut])
        file = ReleaseFile(path)
        assert file.is_whole is whole, cut
        file.close()
