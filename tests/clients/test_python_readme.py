"""The samples of the Python client's README run, and print what stands beside them."""

import re
import subprocess
import sys

import pytest

from tests.running import ROOT

README = (ROOT / "clients" / "python" / "README.md").read_text(encoding="utf-8")
SAMPLES = re.findall(r"^```python\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_sample_runs(sample: str, address: str) -> None:
    code = sample.replace("http://127.0.0.1:8000", address)
    assert address in code, "each sample stands by itself"
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": "clients/python/src"},
        cwd=ROOT,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    promised = re.findall(r"# > (.*)", sample)
    assert promised
    assert [text for text in promised if text not in ran.stdout] == []


def test_there_are_samples() -> None:
    assert len(SAMPLES) >= 5
