"""Write the generated half of the client from the committed OpenAPI description.

`models.py` (the shapes, by datamodel-code-generator) and `operations.py` (a method for each operation) are never edited by hand:
`make openapi` writes them, `make check` fails when they are stale.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import cast

from generation.description import Description, Json
from generation.operations import render_operations

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PACKAGE = HERE / "src" / "treatment_information"

HEADER = '"""{title}\n\nGenerated from docs/openapi-v1.json by clients/python/generate.py; do not edit.\n"""\n\n'

MODEL_OPTIONS = [
    *("--input-file-type", "openapi", "--output-model-type", "typing.TypedDict", "--target-python-version", "3.11"),
    *("--enum-field-as-literal", "all", "--no-use-closed-typed-dict", "--formatters", "builtin", "--no-allow-remote-refs"),
    *("--use-union-operator", "--use-standard-collections", "--use-schema-description", "--use-field-description"),
    *("--use-single-line-docstring", "--disable-timestamp", "--disable-future-imports"),
]


def run(*command: str, stdin: str) -> str:
    """What a program of this environment makes of `stdin`."""
    program = Path(sys.executable).parent / command[0]
    return subprocess.run([program, *command[1:]], input=stdin, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def render_models(description: Description) -> str:
    """The shapes that operations answer with, and `Problem`."""
    code = run("datamodel-codegen", *MODEL_OPTIONS, stdin=json.dumps(description.shapes()))
    return HEADER.format(title="Shapes of the answers, as type checkers see them; at run time they are dictionaries.") + code


def render_package() -> dict[Path, str]:
    """Both files, formatted as the rest of the repository."""
    description = Description(cast("Json", json.loads((ROOT / "docs" / "openapi-v1.json").read_text(encoding="utf-8"))))
    texts = {
        "models.py": render_models(description),
        "operations.py": HEADER.format(title="A method for each operation of the API.") + render_operations(description),
    }
    return {PACKAGE / name: run("ruff", "format", "--stdin-filename", str(PACKAGE / name), "-", stdin=text) for name, text in texts.items()}


def main() -> int:
    """Write the files, or with `--check` say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file is stale")
    check = cast("bool", parser.parse_args().check)
    stale = {path: text for path, text in render_package().items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
    for path, text in stale.items():
        if check:
            print(f"{path.relative_to(ROOT)} is not what docs/openapi-v1.json gives: run `make openapi`", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
