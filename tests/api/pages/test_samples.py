"""Every sample of the guide and of the reference is run against a running service, and prints what the guide says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.api.pages.guide import NAMES, get_guide_page
from app.api.pages.markdown import parse_markdown
from app.api.pages.reference import build_reference
from app.api.pages.samples import ADDRESS, LANGUAGES, Printed, Sample, find_groups
from app.main import create_app
from app.settings import Settings
from tests.api.pages.compare_printed import find_difference

GROUPS = {
    f"{name}.md:{samples[0].line}": samples for name in NAMES for _, _, samples in find_groups(parse_markdown(get_guide_page(name).text))
}
SAMPLES = {f"{place}-{sample.language}": sample for place, samples in GROUPS.items() for sample in samples}

COMMANDS = {"sh": ["bash", "-euo", "pipefail"], "js": ["node"], "python": [sys.executable], "r": ["Rscript", "--vanilla"]}
ENDINGS = {"sh": "sh", "js": "mjs", "python": "py", "r": "R"}


def run(language: str, code: str, folder: Path) -> str:
    """What a program prints. It must end well."""
    program, *options = COMMANDS[language]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed, so samples in {LANGUAGES[language]} are not run")
    if language == "sh" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    file = folder / f"sample.{ENDINGS[language]}"
    file.write_text(code, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [program, *options, str(file)], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("place", SAMPLES)
def test_sample_prints_what_the_guide_says(place: str, address: str, tmp_path: Path) -> None:
    sample = SAMPLES[place]
    output = run(sample.language, sample.code.replace(ADDRESS, address), tmp_path)
    assert sample.printed is not None
    assert find_difference(sample.printed, output) is None, output[:2000]


@pytest.mark.parametrize("place", GROUPS)
def test_group_has_curl_javascript_and_python_and_says_what_they_print(place: str) -> None:
    assert [sample.language for sample in GROUPS[place]][:3] == ["sh", "js", "python"]
    for sample in GROUPS[place]:
        assert ADDRESS in sample.code
        assert sample.printed is not None
        assert len(re.sub(r"[\W_]", "", sample.printed.text)) >= 3, "nothing is promised"


def test_every_page_but_none_has_samples() -> None:
    pages = {place.partition(".")[0] for place in GROUPS}
    assert pages == set(NAMES)
    assert {sample.language for sample in SAMPLES.values()} == set(LANGUAGES)


@pytest.mark.anyio
@pytest.mark.parametrize("language", ["sh", "js", "python"])
async def test_samples_of_the_reference_answer(language: str, address: str, published: Path, tmp_path: Path) -> None:
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        document = (await client.get("/openapi.json")).json()
    operations = [operation for group in build_reference(document) for operation in group.operations if operation.address]
    codes = [sample.code for operation in operations for sample in operation.samples if sample.language == language]
    assert len(codes) == len(operations) > 20
    mark = {"sh": "echo; echo =====", "js": 'console.log("=====")', "python": 'print("=====")'}[language]
    blocks = [f"{{\n{code}}}" if language == "js" else code for code in codes]
    script = f"\n{mark}\n".join(blocks).replace(ADDRESS, address)
    for operation, output in zip(operations, run(language, script, tmp_path).split("====="), strict=True):
        assert output.strip(), operation.id
        assert "/problems/" not in output, operation.id


def differ(language: str, text: str, output: str) -> str | None:
    return find_difference(Printed(language, text), output)


def test_sample_that_prints_something_else_is_found() -> None:
    assert differ("text", "304, …\ndone", "304, 0 bytes\nand\ndone\n") is None
    assert differ("text", "done\n304, …", "304, 0 bytes\ndone\n") == "no line like `304, …`"
    assert differ("text", "data", "") == "no line like `data`"
    assert differ("json", '{"a": [{"b": "x…"}]}', '{"a": [{"b": "xyz", "c": 1}, 2], "d": null}') is None
    assert differ("json", '{"a": {"b": "x…"}}', '{"a": {"b": "yz"}}') == "$.a.b: `yz` is not like `x…`"
    assert differ("json", '{"a": [], "b": 1}', '{"a": [1], "b": 1}') == "$.a: `[1]` is not `[]`"
    assert differ("json", '{"a": ["…"]}', '{"a": []}') == "$.a.0 is not there"
    assert differ("json", '{"a": 1}', '{"b": 1}') == "$.a is not there"


def test_sample_of_a_language_that_is_not_there_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="Rscript is not installed"):
        run("r", "cat(1)", tmp_path)


def test_samples_that_stand_together_share_what_they_print() -> None:
    text = "```sh\ncurl x\n```\n\n```js\n1\n```\n\n```json answer\n{}\n```\n\n```text output\n1\n```\n\nText\n\n```json\n{}\n```\n"
    ((begin, end, samples),) = find_groups(parse_markdown(text))
    assert (begin, end) == (0, 4)
    assert samples == (Sample("sh", "curl x\n", 1, Printed("json", "{}\n")), Sample("js", "1\n", 5, Printed("text", "1\n")))
