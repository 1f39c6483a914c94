"""The command as people call it."""

import io
import json
import signal
import socket
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main
from app.cli.options import DATA
from app.verify.command import show_progress
from app.verify.record import UNKNOWN
from app.verify.store import Store
from tests.conftest import SAMPLE, Edit
from tests.verify.services import Fault, Services, make_summary

local = pytest.mark.allow_hosts(["127.0.0.1"])
ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["verify-sources", *(str(argument) for argument in arguments)])


@local
def test_agreement_is_one_line_and_exit_code_0(services: Services, tmp_path: Path) -> None:
    answer = run("--data", SAMPLE, "--cache", tmp_path, *services.options)
    assert answer.output == "3 sources: 2 agree, 0 differ, 0 not reached, 1 form only; 0 errors, 0 notices\n"
    assert answer.exit_code == 0


@local
def test_differences_are_printed_with_line_and_remedy_and_fail(services: Services, tmp_path: Path) -> None:
    services.summaries["1"] = make_summary(pubdate="2011 Winter", epubdate="")
    answer = run("--data", SAMPLE, "--cache", tmp_path, *services.options)
    assert answer.output.splitlines() == [
        "sources/tester-2020.yaml:6: error: year: PubMed has 2011, not 2020 → give the year of the print or of the first online version",
        "3 sources: 1 agree, 1 differ, 0 not reached, 1 form only; 1 errors, 0 notices",
    ]
    assert answer.exit_code == 1


@local
def test_a_service_that_fails_gives_exit_code_3_and_json_says_which_source(services: Services, tmp_path: Path) -> None:
    services.faults["works"] = [Fault(503)]
    answer = run("--data", SAMPLE, "--cache", tmp_path, *services.options, "--attempts", "1", "--json")
    assert answer.exit_code == 3
    assert json.loads(answer.output) == {
        "checked": 3,
        "counts": {"agree": 1, "differ": 0, "not reached": 1, "form only": 1},
        "errors": 0,
        "notices": 1,
        "sources": {"example-agency-exemplin-2019": "form only", "loner-1999": "agree", "tester-2020": "not reached"},
        "problems": [
            {
                "file": "sources/tester-2020.yaml", "line": 10, "severity": "notice", "path": "doi",
                "message": "not reached: Crossref was asked 1 times; at last: status 503",
                "remedy": "run it again later; the answers that came are kept",
            }
        ],
    }  # fmt: skip


@local
def test_only_the_named_sources_are_asked_for(services: Services, tmp_path: Path) -> None:
    answer = run("--data", SAMPLE, "--cache", tmp_path, *services.options, "--only", "loner")
    assert answer.output.startswith("1 sources: 1 agree")
    assert services.requests == ["/registry/api/v2/studies/NCT00000001"]


@local
def test_an_interrupt_keeps_what_was_answered_and_the_next_run_goes_on(services: Services, tmp_path: Path) -> None:
    services.faults["works"] = [Fault(hangs=True)]
    options = ["--data", str(SAMPLE), "--cache", str(tmp_path), *services.options]
    before = signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # ignored where the tests run in the background, and that is inherited
    process = subprocess.Popen([sys.executable, "-m", "app", "verify-sources", *options], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("*/*.json"))) < 4:
        assert process.poll() is None
        assert time.monotonic() < deadline, "the other services were not asked meanwhile"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1].strip() == "Aborted!"
    assert process.returncode == 1
    services.requests.clear()
    assert run(*options).exit_code == 0
    assert services.requests == ["/crossref/works/10.5555%2Fexemplin"]


@local
def test_an_age_of_0_asks_anew(services: Services, tmp_path: Path) -> None:
    for _ in range(2):
        run("--data", SAMPLE, "--cache", tmp_path, *services.options, "--only", "loner", "--max-age", "0")
    assert len(services.requests) == 2


@local
def test_the_contact_and_the_key_come_from_the_environment(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREATMENTS_CONTACT", "you@example.org")
    monkeypatch.setenv("TREATMENTS_NCBI_API_KEY", "secret")
    assert run("--data", SAMPLE, "--cache", tmp_path, *services.options[:-2]).exit_code == 0
    assert services.agents == {"treatment-information/1.0 (mailto:you@example.org)"}
    assert services.queries[services.requests.index("/eutils/esummary.fcgi")]["api_key"] == "secret"


@local
def test_answers_that_cannot_be_kept_are_one_clear_line(services: Services, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    answer = run("--data", SAMPLE, "--cache", blocked, *services.options)
    assert answer.output == f"error: --cache: answers cannot be kept in {blocked}: File exists\n"
    assert answer.exit_code == 1


def test_offline_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    answer = run("--data", SAMPLE, "--cache", tmp_path / "cache", "--offline")
    assert answer.output == "3 sources: 0 agree, 0 differ, 0 not reached, 3 form only; 0 errors, 0 notices\n"
    assert not (tmp_path / "cache").exists()


def test_offline_finds_wrong_form(edit: Edit) -> None:
    answer = run("--data", edit("sources/tester-2020.yaml", "10.5555/exemplin", "10.5555/exemplin,"), "--offline")
    assert "sources/tester-2020.yaml:10: error: doi: the DOI 10.5555/exemplin, ends in punctuation" in answer.output
    assert answer.output.endswith("3 sources: 0 agree, 1 differ, 0 not reached, 2 form only; 1 errors, 0 notices\n")
    assert answer.exit_code == 1


def test_the_content_itself_can_be_read_offline() -> None:
    assert run("--data", DATA, "--offline").exit_code in {0, 1}


def test_sources_that_cannot_be_read_are_errors_and_other_files_are_not(edit: Edit) -> None:
    edit("terms/response.yaml", "certainty: not-graded", "certainty: sure")
    answer = run("--data", edit("sources/loner-1999.yaml", "year: null", "year: soon"), "--offline")
    assert "sources/loner-1999.yaml:4: error: year" in answer.output
    assert "terms/" not in answer.output
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "error: --contact: the services ask whom they can write to: give your mail address, or --offline to ask nobody"),
        (["--contact", "me"], "error: --contact: Value error, give a mail address such as you@example.org"),
        (["--contact", "me@example.org\r\nx: y"], "error: --contact: Value error, give a mail address"),
        (["--offline", "--pubmed-url", "ftp://x"], "error: --pubmed-url: Value error, give an address that begins with http:// or https://"),
        (["--offline", "--attempts", "0"], "error: --attempts: Input should be greater than or equal to 1"),
        (["--offline", "--only", "nobody"], "error: --only: no source has this text in its path"),
        (["--offline", "--data", "/nowhere"], "error: --data: the content folder does not exist: give the folder that holds `treatments/`"),
    ],
)  # fmt: skip
def test_wrong_options_are_refused_with_what_to_do(arguments: list[str], said: str) -> None:
    answer = run("--data", SAMPLE, *arguments)
    assert (answer.exit_code, answer.output.startswith(said)) == (2, True)


def test_content_without_sources_is_refused(tmp_path: Path) -> None:
    answer = run("--data", tmp_path, "--offline")
    assert answer.output == "error: --data: it holds no source that can be read: see `python -m app check`\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    for stream in (Terminal(), io.StringIO()):
        monkeypatch.setattr(sys, "stderr", stream)
        with show_progress(4) as progress:
            progress(1)
            progress(3)
        shown.append(stream.getvalue())
    assert "asking" in shown[0]
    assert "100%" in shown[0]
    assert shown[1] == ""


def test_an_answer_is_kept_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space left"):
        Store(tmp_path, date(2026, 6, 1), 1).keep("crossref", "http://test", "10.1/a", UNKNOWN)
    assert list((tmp_path / "crossref").iterdir()) == []


def test_numbers_that_differ_in_case_or_after_a_long_beginning_are_kept_apart(tmp_path: Path) -> None:
    store = Store(tmp_path, date(2026, 6, 1), 1)
    for key in ("10.1/a", "10.1/A", "10.1/" + 200 * "é", "10.1/" + 201 * "é"):
        store.keep("crossref", "http://test", key, UNKNOWN)
    names = {path.name.lower() for path in (tmp_path / "crossref").iterdir()}
    assert len(names) == 4
    assert store.find("crossref", "http://test", "10.1/A") == UNKNOWN
    assert store.find("crossref", "http://elsewhere", "10.1/A") is None


def test_the_page_names_every_option_and_exit_code() -> None:
    page = (ROOT / "docs" / "verify-sources.md").read_text(encoding="utf-8")
    assert "It was built and tested against a local server that speaks the documented answers of these APIs, without reaching them." in page
    for option in main.commands["verify-sources"].params:
        assert option.opts[0] in page
    for code in range(4):
        assert f"\n| {code} | " in page
