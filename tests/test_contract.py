"""Property-based contract tests: every check that Schemathesis knows, against the running service."""

import subprocess
import sys
from pathlib import Path

from tests.running import ROOT, serving


def test_service_keeps_its_contract(tmp_path: Path, releases: Path) -> None:
    with serving(tmp_path, "--no-access-log", releases=releases) as address:
        command = [str(Path(sys.executable).parent / "st"), "run", f"{address}/openapi.json", "--checks", "all", "--max-examples", "10"]
        report = subprocess.run([*command, "--seed", "1", "--no-color"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert report.returncode == 0, report.stdout[-6000:]
    assert "Tested: 30" in report.stdout
