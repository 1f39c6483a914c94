"""The check of the contract flags what callers may miss, and lets additions pass."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.breaking import CONTRACT, ROOT, find_breaking

Tree = dict[str, Any]
Edit = Callable[[Tree], object]

CONTRACT_NOW: Tree = json.loads((ROOT / CONTRACT).read_text(encoding="utf-8"))


def operation(document: Tree, path: str) -> Tree:
    return document["paths"][path]["get"]


def parameter(document: Tree, path: str, name: str) -> Tree:
    return next(item for item in operation(document, path)["parameters"] if item["name"] == name)


def members(document: Tree, schema: str) -> Tree:
    return document["components"]["schemas"][schema]["properties"]


def rename(tree: Tree, old: str, new: str) -> None:
    tree[new] = tree.pop(old)


def rename_operation(document: Tree) -> None:
    operation(document, "/v1/facts")["operationId"] = "find_facts"


def require_parameter(document: Tree) -> None:
    operation(document, "/v1/facts")["parameters"].append({"in": "query", "name": "key", "required": True, "schema": {"type": "string"}})


def drop_parameter(document: Tree) -> None:
    operation(document, "/v1/facts")["parameters"].remove(parameter(document, "/v1/facts", "topic"))


def rename_schema(document: Tree) -> None:
    rename(document["components"]["schemas"], "Health", "Wellness")
    for path in ("/healthz", "/readyz"):
        operation(document, path)["responses"]["200"]["content"]["application/json"]["schema"]["$ref"] = "#/components/schemas/Wellness"


BREAKING: dict[str, tuple[Edit, str]] = {
    "operation removed": (lambda d: d["paths"].pop("/v1/claims"), "GET /v1/claims: the operation is gone"),
    "path renamed": (lambda d: rename(d["paths"], "/v1/terms", "/v1/words"), "GET /v1/terms: the operation is gone"),
    "operation renamed": (rename_operation, "GET /v1/facts: the operation id was list_facts and is find_facts"),
    "parameter removed": (drop_parameter, "GET /v1/facts: the query parameter topic is gone"),
    "parameter required anew": (require_parameter, "GET /v1/facts: the new query parameter key is required"),
    "parameter become required": (lambda d: parameter(d, "/v1/facts", "topic").update(required=True), "GET /v1/facts: parameter topic has become required"),
    "parameter retyped": (lambda d: parameter(d, "/v1/facts", "limit")["schema"].update(type="string"), "GET /v1/facts: parameter limit no longer takes integer"),
    "lower bound": (lambda d: parameter(d, "/v1/facts", "limit")["schema"].update(maximum=50), "GET /v1/facts: parameter limit has a lower maximum"),
    "higher bound": (lambda d: parameter(d, "/v1/facts", "limit")["schema"].update(minimum=5), "GET /v1/facts: parameter limit has a higher minimum"),
    "pattern": (lambda d: parameter(d, "/v1/facts", "topic")["schema"].update(pattern="^a"), "GET /v1/facts: parameter topic has another pattern"),
    "default": (lambda d: parameter(d, "/v1/facts", "limit")["schema"].update(default=10), "GET /v1/facts: parameter limit has another default"),
    "value no longer taken": (lambda d: parameter(d, "/v1/facts", "format")["schema"]["enum"].remove("csv"), "GET /v1/facts: parameter format no longer takes csv"),
    "values listed": (lambda d: parameter(d, "/v1/facts", "topic")["schema"].update(enum=["a"]), "GET /v1/facts: parameter topic no longer takes any other value"),
    "entry of a list no longer taken": (
        lambda d: parameter(d, "/v1/facts", "include")["schema"]["items"]["enum"].remove("terms"),
        "GET /v1/facts: parameter include[] no longer takes terms",
    ),
    "way of writing": (lambda d: parameter(d, "/v1/facts", "include").update(explode=True), "GET /v1/facts: parameter include is written in another way (explode)"),
    "format removed": (lambda d: operation(d, "/v1/facts")["responses"]["200"]["content"].pop("text/csv"), "GET /v1/facts: 200: text/csv is gone"),
    "status removed": (lambda d: operation(d, "/v1/dump.ndjson")["responses"].pop("206"), "GET /v1/dump.ndjson: 206: is no longer answered"),
    "member removed": (lambda d: members(d, "Fact").pop("plain"), "Fact.plain: is gone"),
    "member renamed": (lambda d: rename(members(d, "Source"), "pmid", "pubmed"), "Source.pmid: is gone"),
    "member retyped": (lambda d: members(d, "Fact")["text"].update(type="integer"), "Fact.text: may now be integer"),
    "null where there was none": (lambda d: members(d, "Fact").update(text={"anyOf": [{"type": "string"}, {"type": "null"}]}), "Fact.text: may now be null"),
    "list become one": (lambda d: members(d, "Fact").update(topics={"type": "string"}), "Fact.topics: may now be string"),
    "entry of a list retyped": (lambda d: members(d, "Fact")["topics"].update(items={"type": "integer"}), "Fact.topics[]: may now be integer"),
    "member that may be missing": (lambda d: d["components"]["schemas"]["Fact"]["required"].remove("plain"), "Fact.plain: may now be missing"),
    "other format of a text": (lambda d: members(d, "Fact")["reviewed"].pop("format"), "Fact.reviewed: has another format"),
    "value renamed": (lambda d: members(d, "Fact")["certainty"].update(enum=["high", "middling", "low", "very-low", "not-graded"]), "Fact.certainty: moderate is gone"),
    "kind of details removed": (
        lambda d: members(d, "Fact")["details"]["anyOf"][0]["oneOf"].pop(0),
        "Fact.details: AdverseEffectDetails is gone",
    ),
    "constant": (lambda d: members(d, "DoseDetails")["kind"].update(const="dosage"), "DoseDetails.kind: was always dose"),
    "schema renamed": (rename_schema, "schema Health: is gone, or has another name"),
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKING)
def test_what_callers_may_miss_is_flagged(name: str) -> None:
    edit, expected = BREAKING[name]
    after = copy.deepcopy(CONTRACT_NOW)
    edit(after)
    assert expected in find_breaking(CONTRACT_NOW, after)


def add_member(document: Tree) -> None:
    members(document, "Fact")["weight"] = {"type": "number"}
    document["components"]["schemas"]["Fact"]["required"].append("weight")


def add_parameter(document: Tree) -> None:
    operation(document, "/v1/facts")["parameters"].append(
        {"in": "query", "name": "weight", "required": False, "schema": {"type": "string"}}
    )


def add_kind_of_details(document: Tree) -> None:
    document["components"]["schemas"]["NewDetails"] = {"type": "object", "properties": {}}
    members(document, "Fact")["details"]["anyOf"][0]["oneOf"].append({"$ref": "#/components/schemas/NewDetails"})


ADDING: dict[str, Edit] = {
    "nothing": lambda _: None,
    "operation": lambda d: d["paths"].update({"/v1/more": copy.deepcopy(d["paths"]["/v1/terms"])}),
    "optional parameter": add_parameter,
    "member": add_member,
    "value of a member": lambda d: members(d, "Fact")["certainty"]["enum"].append("unclear"),
    "value of a parameter": lambda d: parameter(d, "/v1/facts", "format")["schema"]["enum"].append("xml"),
    "format": lambda d: operation(d, "/v1/facts")["responses"]["200"]["content"].update({"text/xml": {"schema": {"type": "string"}}}),
    "kind of details": add_kind_of_details,
    "wider bound": lambda d: parameter(d, "/v1/facts", "limit")["schema"].update(maximum=500),
    "parameter no longer required": lambda d: parameter(d, "/v1/search", "q").update(required=False),
    "null no longer": lambda d: members(d, "Fact").update(certainty_reason={"type": "string"}),
    "words": lambda d: operation(d, "/v1/facts").update(summary="Other", description="Words"),
    "deprecation": lambda d: operation(d, "/v1/facts").update(deprecated=True),
}


@pytest.mark.parametrize("name", ADDING)
def test_additions_pass(name: str) -> None:
    after = copy.deepcopy(CONTRACT_NOW)
    ADDING[name](after)
    assert find_breaking(CONTRACT_NOW, after) == []


def run_check(*options: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "tools.breaking", *options], cwd=cwd, capture_output=True, text=True, check=False)


def test_command_compares_with_a_commit_or_says_that_there_is_none() -> None:
    if subprocess.run(["git", "cat-file", "-e", f"HEAD:{CONTRACT}"], cwd=ROOT, capture_output=True, check=False).returncode != 0:
        pytest.skip("this is no clone")
    compared = run_check("--base", "HEAD")
    assert "against HEAD" in compared.stdout
    assert "nothing to be compared with" in run_check("--base", "no-such-commit").stdout
