"""Finds what a change of the OpenAPI description takes away from those who rely on it (docs/api-stability.md).

`python -m tools.breaking [--base COMMIT]` compares docs/openapi-v1.json with that of a commit: the last tag, else where the branch left
main, else the commit before. Exits with 1 when something breaks that tools/breaking-accepted.txt does not name."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).parents[1]
CONTRACT = "docs/openapi-v1.json"
ACCEPTED = ROOT / "tools/breaking-accepted.txt"

Tree = dict[str, Any]

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def find_breaking(before: Tree, after: Tree) -> list[str]:
    """One line for each thing that callers may miss. Additions are none: operations, optional parameters, members, values, formats."""
    return list(dict.fromkeys(_Comparison(before, after).find()))


@dataclass
class _Comparison:
    before: Tree
    after: Tree
    seen: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def find(self) -> Iterator[str]:
        for path, item in self.before["paths"].items():
            for method, operation in item.items():
                name = f"{method.upper()} {path}"
                new = self.after["paths"].get(path, {}).get(method)
                if new is None:
                    yield f"{name}: the operation is gone"
                else:
                    yield from self._operation(name, operation, new)
        schemas: Tree = self.after.get("components", {}).get("schemas", {})
        for name in self.before.get("components", {}).get("schemas", {}):
            if name not in schemas:
                yield f"schema {name}: is gone, or has another name"

    def _operation(self, name: str, old: Tree, new: Tree) -> Iterator[str]:
        if old.get("operationId") != new.get("operationId"):
            yield f"{name}: the operation id was {old.get('operationId')} and is {new.get('operationId')}"
        parameters = {(item["in"], item["name"]): item for item in new.get("parameters", ())}
        known = {(item["in"], item["name"]): item for item in old.get("parameters", ())}
        for key, item in known.items():
            if key not in parameters:
                yield f"{name}: the {key[0]} parameter {key[1]} is gone"
            else:
                yield from self._parameter(f"{name}: parameter {key[1]}", item, parameters[key])
        for key, item in parameters.items():
            if key not in known and item.get("required"):
                yield f"{name}: the new {key[0]} parameter {key[1]} is required"
        for status, response in old["responses"].items():
            if status.startswith("2"):
                yield from self._response(f"{name}: {status}", response, new["responses"].get(status))

    def _parameter(self, name: str, old: Tree, new: Tree) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{name} has become required"
        for word in ("style", "explode"):
            if old.get(word) != new.get(word):
                yield f"{name} is written in another way ({word})"
        yield from self._input(name, old.get("schema", {}), new.get("schema", {}))

    def _input(self, name: str, old: Tree, new: Tree) -> Iterator[str]:
        """What was taken has to be taken still."""
        if less := _lacking(_types(old), _types(new)):
            yield f"{name} no longer takes {', '.join(less)}"
        if "enum" in new and (gone := [value for value in old.get("enum", ["any other value"]) if value not in new["enum"]]):
            yield f"{name} no longer takes {', '.join(map(str, gone))}"
        for word in LOWER:
            if new.get(word, -1e99) > old.get(word, -1e99):
                yield f"{name} has a higher {word}"
        for word in UPPER:
            if new.get(word, 1e99) < old.get(word, 1e99):
                yield f"{name} has a lower {word}"
        if "pattern" in new and old.get("pattern") != new["pattern"]:
            yield f"{name} has another pattern"
        if old.get("default") != new.get("default"):
            yield f"{name} has another default"
        if "items" in old and "items" in new:
            yield from self._input(f"{name}[]", old["items"], new["items"])

    def _response(self, name: str, old: Tree, new: Tree | None) -> Iterator[str]:
        if new is None:
            yield f"{name}: is no longer answered"
            return
        for media_type, content in old.get("content", {}).items():
            if media_type not in new.get("content", {}):
                yield f"{name}: {media_type} is gone"
            else:
                yield from self._output(f"{name}: {media_type}", content.get("schema", {}), new["content"][media_type].get("schema", {}))

    def _output(self, name: str, old: Tree, new: Tree) -> Iterator[str]:
        """What was promised has to be kept: no member less, no other type, no null where there was none."""
        refs = (old.get("$ref", ""), new.get("$ref", ""))
        if all(refs):
            if refs in self.seen:
                return
            self.seen.add(refs)
            name = refs[0].rpartition("/")[2]
        old, new = _resolve(self.before, old), _resolve(self.after, new)
        olds, news = _branches(old), _branches(new)
        if len(olds) > 1 or len(news) > 1:
            yield from self._union(name, olds, news)
            return
        if more := _lacking(_types(new), _types(old)):
            yield f"{name}: may now be {', '.join(more)}"
            return
        if "const" in old and old["const"] != new.get("const"):
            yield f"{name}: was always {old['const']}"
        if gone := [value for value in old.get("enum", ()) if value not in new.get("enum", [value])]:
            yield f"{name}: {', '.join(map(str, gone))} is gone"
        if old.get("format") != new.get("format"):
            yield f"{name}: has another format"
        yield from self._members(name, old, new)
        for word in ("items", "additionalProperties"):
            if isinstance(old.get(word), dict):
                yield from self._output(f"{name}[]", old[word], new[word] if isinstance(new.get(word), dict) else {})

    def _members(self, name: str, old: Tree, new: Tree) -> Iterator[str]:
        members: Tree = new.get("properties", {})
        for member, schema in old.get("properties", {}).items():
            if member not in members:
                yield f"{name}.{member}: is gone"
                continue
            if member in old.get("required", ()) and member not in new.get("required", ()):
                yield f"{name}.{member}: may now be missing"
            yield from self._output(f"{name}.{member}", schema, members[member])

    def _union(self, name: str, olds: list[Tree], news: list[Tree]) -> Iterator[str]:
        """Branches are the same when they refer to the same schema, or are of the same type; those of objects may be added to."""
        found = {_branch_name(branch): branch for branch in news}
        known = {_branch_name(branch): branch for branch in olds}
        for key, branch in known.items():
            if key in found:
                yield from self._output(name, branch, found[key])
            elif key.startswith("#"):
                yield f"{name}: {key.rpartition('/')[2]} is gone"
        if more := [
            key for key in found if key not in known and not (key.startswith("#") and any(other.startswith("#") for other in known))
        ]:
            yield f"{name}: may now be {', '.join(more)}"


def _resolve(document: Tree, schema: Tree) -> Tree:
    while "$ref" in schema:
        target: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def _branches(schema: Tree) -> list[Tree]:
    """The alternatives of a schema, those within alternatives too; one that has none is its own."""
    inner: list[Tree] = schema.get("anyOf") or schema.get("oneOf") or []
    if inner:
        return [branch for part in inner for branch in _branches(part)]
    kinds = schema.get("type")
    return [{**schema, "type": kind} for kind in cast("list[str]", kinds)] if isinstance(kinds, list) else [schema]


def _branch_name(branch: Tree) -> str:
    return str(branch.get("$ref") or branch.get("type", "anything"))


def _types(schema: Tree) -> set[str]:
    """Types of a schema; a number takes integers too, and a schema without type is anything."""
    kinds = {str(branch.get("type", "object" if "$ref" in branch else "anything")) for branch in _branches(schema)}
    return kinds | {"integer"} if "number" in kinds else kinds


def _lacking(kinds: set[str], among: set[str]) -> list[str]:
    return [] if "anything" in among else sorted(kinds - among)


def _git(*arguments: str) -> str | None:
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else None


def find_base() -> str | None:
    """The commit to compare with, if there is one."""
    head = _git("rev-parse", "HEAD")
    left = [_git("merge-base", "HEAD", branch) for branch in ("origin/main", "main")]
    return _git("describe", "--tags", "--abbrev=0") or next((c for c in left if c not in {None, head}), None) or _git("rev-parse", "HEAD^")


def main() -> int:
    """Compare, and print what breaks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", help="commit, branch or tag to compare with")
    base = cast("str | None", parser.parse_args().base) or find_base()
    text = _git("show", f"{base}:{CONTRACT}") if base else None
    if text is None:
        print(f"{CONTRACT} has nothing to be compared with ({base or 'no earlier commit'})")
        return 0
    accepted = {line for line in ACCEPTED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")}
    found = find_breaking(json.loads(text), json.loads((ROOT / CONTRACT).read_text(encoding="utf-8")))
    breaking = [line for line in found if line not in accepted]
    for line in breaking:
        print(f"breaking: {line}", file=sys.stderr)
    print(f"{CONTRACT} against {base}: {len(breaking)} breaking changes, {len(found) - len(breaking)} accepted")
    return 1 if breaking else 0


if __name__ == "__main__":
    sys.exit(main())
