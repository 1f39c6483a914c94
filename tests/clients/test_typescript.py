"""The TypeScript client: generated, compiled under `strict`, and used against the running service."""

import json
import re

from tests.clients.node import run_node, skip_without_node
from tests.running import ROOT

FOLDER = ROOT / "clients" / "typescript"
pytestmark = skip_without_node(FOLDER)


def test_generated_types_compile_and_work_against_the_running_service(address: str) -> None:
    run_node(FOLDER, "build")
    report = run_node(FOLDER, "test", TREATMENTS_URL=address)
    assert re.search(r"^# pass \d+$", report, flags=re.MULTILINE)
    assert "# skipped 0" in report


def test_sample_of_the_readme_compiles_and_runs(address: str) -> None:
    [sample] = re.findall(r"^```ts\n(.*?)^```$", (FOLDER / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    folder = FOLDER / "dist" / "sample"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sample.ts").write_text(sample.replace("http://127.0.0.1:8000", address), encoding="utf-8")
    (folder / "tsconfig.json").write_text(
        json.dumps(
            {"extends": "../../tsconfig.json", "compilerOptions": {"rootDir": ".", "outDir": "."}, "include": ["sample.ts"], "exclude": []}
        )
    )
    printed = run_node(FOLDER, "sample")
    assert "ketamine" in printed
    assert "404" in printed


def test_strict_is_on() -> None:
    options = json.loads((FOLDER / "tsconfig.json").read_text(encoding="utf-8"))["compilerOptions"]
    assert options["strict"] is True
    assert options["skipLibCheck"] is False
