"""The commands, called in process."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.settings import PREFIX, Settings
from tests.conftest import SAMPLE, Edit, build_from
from tests.running import ROOT


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_check_of_clean_content_says_so() -> None:
    answer = run("check", "--data", SAMPLE)
    told = "0 errors, 0 notices\n42 questions asked back: 100.0 % find their own statement first, 100.0 % within three\n"
    assert (answer.exit_code, answer.output) == (0, told)
    assert run("check", "--data", SAMPLE, "--no-asks").output == "0 errors, 0 notices\n"


def test_check_prints_problems_and_fails(edit: Edit) -> None:
    edit("terms/response.yaml", "certainty: not-graded", "certainty: sure")
    data = edit("treatments/exemplin/treatment.yaml", "next_review: 2027-02-01", "next_review: 2026-05-01")
    answer = run("check", "--data", data)
    assert answer.exit_code == 1
    assert answer.output.splitlines()[-1] == "1 errors, 1 notices"
    assert "terms/response.yaml:9: error: definition[0].certainty:" in answer.output
    assert "treatment.yaml:15: notice: next_review:" in answer.output


def test_check_can_be_narrowed_but_still_fails(edit: Edit) -> None:
    data = edit("terms/response.yaml", "certainty: not-graded", "certainty: sure")
    answer = run("check", "--data", data, "--only", "treatments/", "--no-notices")
    assert (answer.exit_code, answer.output) == (1, "0 errors, 0 notices\n")


def test_build_writes_the_release_and_makes_it_current(tmp_path: Path) -> None:
    answer = run("build", "--data", SAMPLE, "--releases", tmp_path)
    assert answer.exit_code == 0
    name = answer.output.split()[1].rstrip(":")
    assert (tmp_path / "current").read_text().strip() == f"{name}.sqlite"
    assert "14 facts" in answer.output


def test_build_of_bad_content_touches_nothing(edit: Edit, tmp_path: Path) -> None:
    data = edit("terms/response.yaml", "certainty: not-graded", "certainty: sure")
    answer = run("build", "--data", data, "--releases", tmp_path / "out")
    assert answer.exit_code == 1
    assert "terms/response.yaml:9: error" in answer.output
    assert not (tmp_path / "out").exists()


def test_build_where_nothing_can_be_written_is_one_clear_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    answer = run("build", "--data", SAMPLE, "--releases", blocked / "releases")
    assert answer.exit_code == 1
    assert answer.output.startswith("error: the release cannot be written to")


@pytest.mark.parametrize(("command", "target"), [("schema", "schemas"), ("openapi", "openapi.json")])
def test_generated_files_are_written_then_found_fresh_then_stale(tmp_path: Path, command: str, target: str) -> None:
    path = tmp_path / target
    assert run(command, path, "--check").exit_code == 1
    assert run(command, path).exit_code == 0
    assert run(command, path, "--check").exit_code == 0
    file = next(path.iterdir()) if path.is_dir() else path
    file.write_text(file.read_text() + " ")
    stale = run(command, path, "--check")
    assert (stale.exit_code, "not fresh" in stale.output) == (1, True)


def test_every_setting_is_an_option_and_an_environment_variable() -> None:
    text = run("serve", "--help").output.replace("\n", "").replace(" ", "")
    for name, field in Settings.model_fields.items():
        assert f"--{name.replace('_', '-')}" in text
        assert PREFIX + name.upper() in text
        assert field.description
        assert field.description.replace(" ", "") in text


def test_environment_variables_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREATMENTS_PORT", "none")
    answer = run("serve")
    assert answer.output.startswith("error: --port:")


def test_help_is_there_without_a_command() -> None:
    assert "Build and serve" in run("--help").output


def test_full_disk_is_one_clear_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk."""
    program = (
        "import atexit, resource as r, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); before = r.getrlimit(r.RLIMIT_FSIZE);"
        "r.setrlimit(r.RLIMIT_FSIZE, (60_000, before[1])); atexit.register(r.setrlimit, r.RLIMIT_FSIZE, before);"  # coverage writes too
        f"sys.argv = ['app', 'build', '--data', {str(SAMPLE)!r}, '--releases', {str(tmp_path / 'out')!r}];"
        "from app.cli import main; main()"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert answer.returncode == 1
    assert answer.stderr.startswith("error: the release cannot be written to ")
    assert "Traceback" not in answer.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_releases_are_listed_rolled_back_and_pruned(tmp_path: Path, edit: Edit) -> None:
    first = build_from(SAMPLE, tmp_path).stem
    second = build_from(edit("terms/response.yaml", "by at least half", "by half or more"), tmp_path).stem
    folder = ("--releases", tmp_path)
    assert run("releases", *folder).output == f"* {second}  ok\n  {first}  ok\n"
    back = run("rollback", *folder)
    assert (back.exit_code, back.output) == (0, f"release {first} is current\n")
    assert run("rollback", second, *folder).output == f"release {second} is current\n"
    assert run("prune", "--keep", "0", *folder).output == f"removed {first}.sqlite\n1 releases removed\n"
    assert run("releases", *folder).output == f"* {second}  ok\n"


def test_releases_fail_when_the_current_one_cannot_be_served(tmp_path: Path) -> None:
    path = build_from(SAMPLE, tmp_path)
    path.write_bytes(b"x")
    answer = run("releases", "--releases", tmp_path)
    assert answer.exit_code == 1
    assert answer.output.startswith(f"* {path.stem}  The release {path.name} cannot be read")


@pytest.mark.parametrize("command", ["rollback", "prune"])
def test_rollback_and_prune_without_a_release_are_one_clear_line(tmp_path: Path, command: str) -> None:
    answer = run(command, "--releases", tmp_path)
    assert answer.exit_code == 1
    assert answer.output.startswith("error: ")
    assert answer.output.count("\n") == 1
    (tmp_path / "current").mkdir()
    for blocked in ("releases", command):
        answer = run(blocked, "--releases", tmp_path)
        assert (answer.exit_code, "cannot be read" in answer.output) == (1, True)
