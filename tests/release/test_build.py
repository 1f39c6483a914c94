import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from app.content.checks import get_checked_library
from app.release.build import build_release
from app.release.name import build_name
from tests.conftest import SAMPLE, TODAY, Edit, build_from


def name_of(data: Path) -> str:
    return str(build_name(get_checked_library(data, TODAY)))


def test_name_is_the_newest_day_and_a_digest() -> None:
    day, _, digest = name_of(SAMPLE).partition("-")
    assert day == "2026.03.06"
    assert len(digest) == 8


def test_same_content_has_the_same_name_elsewhere_and_laid_out_otherwise(content: Path) -> None:
    file = content / "terms/response.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("# a comment\n" + "\n".join([*lines[-3:], *lines[:-3]]) + "\n\n", encoding="utf-8")
    assert name_of(content) == name_of(SAMPLE)


def test_other_content_has_another_name(edit: Edit) -> None:
    changed = name_of(edit("terms/response.yaml", "by at least half", "by half or more"))
    assert changed.split("-")[0] == "2026.03.06"
    assert changed != name_of(SAMPLE)


def test_newer_review_moves_the_day(edit: Edit) -> None:
    data = edit("terms/response.yaml", "reviewed: 2026-02-01", "reviewed: 2026-05-05")
    assert name_of(data).startswith("2026.05.05-")


def test_release_is_a_database_that_any_tool_can_read(tmp_path: Path) -> None:
    with sqlite3.connect(build_from(SAMPLE, tmp_path)) as connection:
        meta = dict(connection.execute("SELECT key, value FROM meta"))
        words = connection.execute("SELECT length(slots) / 4 > 1 FROM word WHERE term = 'hiccup'").fetchone()
        (check,) = connection.execute("PRAGMA integrity_check").fetchone()
    assert json.loads(meta["counts"])["facts"] == 14
    assert len(meta["digest"]) == 64
    assert words == (1,)
    assert check == "ok"


def test_index_knows_questions_but_no_withdrawn_statements(tmp_path: Path) -> None:
    with sqlite3.connect(build_from(SAMPLE, tmp_path)) as connection:
        terms = {term for (term,) in connection.execute("SELECT term FROM word")}
    assert {"dummi", "pill", "hiccup"} <= terms
    assert "sneez" not in terms


def test_building_again_replaces_the_file_and_leaves_no_draft(tmp_path: Path) -> None:
    first, second = build_from(SAMPLE, tmp_path), build_from(SAMPLE, tmp_path)
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [first.name, f"{first.name}.sha256", "current"]


def test_build_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail(_: sqlite3.Connection) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        build_release(get_checked_library(SAMPLE, TODAY), tmp_path, finish=fail)
    assert list(tmp_path.iterdir()) == []


def test_content_without_notices_can_be_built(content: Path, tmp_path: Path) -> None:
    (content / "notices.yaml").unlink()
    assert build_from(content, tmp_path / "out").is_file()


def test_copied_release_is_still_a_release(tmp_path: Path) -> None:
    path = build_from(SAMPLE, tmp_path / "here")
    copy = Path(shutil.copy(path, tmp_path / "there.sqlite"))
    assert copy.read_bytes() == path.read_bytes()


def test_statements_of_a_withdrawn_study_are_withdrawn_with_it(content: Path, tmp_path: Path) -> None:
    file = content / "studies/tester-2020.yaml"
    withdrawal = 'status: withdrawn\nwithdrawal: {on: 2026-03-01, reason: "It was retracted."}\n'
    file.write_text(file.read_text(encoding="utf-8") + withdrawal, encoding="utf-8")
    with sqlite3.connect(build_from(content, tmp_path)) as connection:
        row = connection.execute("SELECT status, reason, doc FROM fact WHERE id = 'study.tester-2020.findings.result'").fetchone()
    assert row == ("withdrawn", "It was retracted.", None)
