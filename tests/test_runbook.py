"""What the runbook names exists: commands with their options, metrics, codes of problems, lines of the log, and what its commands do."""

import re
import shlex
import subprocess
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner, Result

from app import serve
from app.api import current, limits
from app.api.problems import KINDS
from app.cli import main
from app.logs import Exchange
from app.main import create_app
from app.release import archive, checksum, store
from app.settings import PREFIX, Settings
from tests.conftest import SAMPLE, Edit, build_from
from tests.running import ROOT

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", RUNBOOK, re.MULTILINE | re.DOTALL)
COMMANDS = sorted(
    {match[1].strip() for block in BLOCKS for match in re.finditer(r"python -m app ([^#\n]+)", block)}
    | {match[1] for match in re.finditer(r"`\.venv/bin/python -m app ([^`…]+)`", RUNBOOK)}
)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.mark.parametrize("text", COMMANDS)
def test_every_command_exists_with_its_options(text: str) -> None:
    name, *arguments = shlex.split(text)
    command = main.get_command(click.Context(main), name)
    assert command is not None, name
    if arguments != ["--help"]:
        command.make_context(name, arguments)


def test_there_are_commands_for_each_kind_of_trouble() -> None:
    assert {command.split()[0] for command in COMMANDS} == {"releases", "check", "serve", "rollback", "build", "prune"}


def test_every_option_is_a_setting_or_one_of_its_command() -> None:
    own = {
        option
        for command in main.commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    named = set(re.findall(r"`(--[a-z-]+)", RUNBOOK))
    assert len(named) > 8
    assert named <= own
    assert set(re.findall(rf"{PREFIX}([A-Z_]+)", RUNBOOK)) <= {name.upper() for name in Settings.model_fields}


@pytest.mark.anyio
async def test_every_metric_is_told(releases: Path) -> None:
    app = create_app(Settings(releases=releases, model=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        for address in ("/v1/terms", "/v1/terms", "/v1/answers?q=hiccups"):
            await client.get(address)
        told = (await client.get("/metrics")).text
    named = set(re.findall(r"treatments_[a-z_]+", RUNBOOK))
    assert len(named) > 8
    assert {name for name in named if name not in told} == set()
    for name, labels in re.findall(r"`(treatments_[a-z_]+)\{([a-z,]+)\}`", RUNBOOK):
        sample = re.search(rf"^{name}\{{(.+)\}} ", told, re.MULTILINE)
        if sample is not None:  # notices come with few questions only
            assert sorted(re.findall(r"([a-z]+)=", sample[1])) == sorted(labels.split(","))


def test_every_code_and_log_line_is_what_the_program_says() -> None:
    for code in ("overloaded", "too-many-requests", "invalid-host"):
        assert f"code `{code}`" in RUNBOOK
        assert code in KINDS
    sources = "".join(Path(str(module.__file__)).read_text() for module in (serve, current, limits, archive, checksum, store))
    for line in (
        "the content has errors; the release served before goes on", "The release served before goes on.", "which was current before",
        "rate limits are not kept, their storage fails", "is damaged: its SHA-256 is not the one in", "this program serves format",
    ):  # fmt: skip
        assert line in " ".join(RUNBOOK.split()), line
        assert line in sources, line
    members = re.findall(r"`([a-z_]+)`", RUNBOOK.partition("access lines have")[2].partition(".")[0])
    assert {"duration_ms", "bytes", *Exchange._fields} - {"seconds", "size"} == {*members}


def test_way_back_from_wrong_content_and_from_a_corrupt_release(tmp_path: Path, edit: Edit) -> None:
    releases = tmp_path / "releases"
    good = build_from(SAMPLE, releases).stem
    wrong = edit("terms/response.yaml", "by at least half", "by a third")
    folder = ("--releases", releases)
    assert run("build", "--data", wrong, *folder).exit_code == 0
    assert run("rollback", *folder).output == f"release {good} is current\n"
    (releases / f"{good}.sqlite").write_bytes(b"damaged")
    assert run("releases", *folder).exit_code == 1
    sums = [path.name for path in sorted(releases.glob("*.sha256"))]
    checked = subprocess.run(["sha256sum", "-c", *sums], cwd=releases, capture_output=True, text=True, check=False)
    assert (checked.returncode, f"{good}.sqlite: FAILED" in checked.stdout) == (1, True)
    assert run("build", "--data", SAMPLE, *folder).exit_code == 0
    assert run("releases", *folder).exit_code == 0
    (releases / f"{good}.sqlite").write_bytes(b"damaged")
    assert run("rollback", *folder).exit_code == 0
    assert run("releases", *folder).exit_code == 0
