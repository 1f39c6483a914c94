"""Node programs in tests: skipped where Node or the packages are absent, since `make test` needs neither."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import ROOT

NODE = shutil.which("node")


def skip_without_node(folder: Path) -> pytest.MarkDecorator:
    """Skip a test where Node, or the packages of `folder`, are not installed."""
    missing = "Node" if NODE is None else f"{folder.relative_to(ROOT)}/node_modules"
    is_absent = NODE is None or not (folder / "node_modules").is_dir()
    return pytest.mark.skipif(is_absent, reason=f"{missing} is not installed; `make clients` installs what it needs and runs this")


def run_node(folder: Path, *command: str, **environment: str) -> str:
    """Run a script of a package, and give what it printed."""
    ran = subprocess.run(
        ["npm", "run", "--silent", *command],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=580,
    )
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout
