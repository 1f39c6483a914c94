"""The worked page for one treatment, in Chromium, against the running service."""

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.clients.node import run_node, skip_without_node
from tests.running import ROOT

FOLDER = ROOT / "examples" / "treatment-page"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
pytestmark = skip_without_node(FOLDER)


def test_page_compiles_under_strict() -> None:
    run_node(FOLDER, "build")
    assert '"strict": true' in (FOLDER / "tsconfig.json").read_text(encoding="utf-8")


@pytest.mark.skipif(not Path(CHROMIUM).is_file(), reason="chromium is not installed")
def test_readers_see_what_they_should_and_axe_finds_nothing(address: str) -> None:
    run_node(FOLDER, "build")
    report = run_node(FOLDER, "test", TREATMENTS_URL=address, CHROMIUM=CHROMIUM)
    assert re.search(r"^# fail 0$", report, flags=re.MULTILINE)
    assert "# skipped 0" in report
