"""The pages in a real browser: accessibility, keyboard, widths, colours, layout shift, weight, requests."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import ROOT

WEB = ROOT / "web"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def find_lack() -> str | None:
    """What is missing to look at pages in a browser."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not Path(CHROMIUM).is_file():
        return f"there is no Chromium at {CHROMIUM} (the variable CHROMIUM names another place)"
    if not (WEB / "node_modules" / "axe-core").is_dir():
        return "the packages are not installed: run `npm ci` in web"
    return None


@pytest.mark.skipif(find_lack() is not None, reason=str(find_lack()))
def test_pages_have_no_fault_in_a_browser(address: str) -> None:
    done = subprocess.run(["node", "check-pages.mjs", address], cwd=WEB, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("no fault")
