"""What is compared between formats: the numbers, the facts and the sources that an answer holds."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import httpx

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")


async def list_addresses(reader: httpx.AsyncClient, *collections: str) -> list[str]:
    """Every record of some collections."""
    found: list[str] = []
    for collection in collections:
        address = f"/v1/{collection}?limit=100&fields=links.self"
        while address:
            page = (await reader.get(address)).json()
            found += [entry["links"]["self"] for entry in page["data"]]
            address = page["links"]["next"]
    assert found
    return found


async def get_data(reader: httpx.AsyncClient, address: str) -> dict[str, Any]:
    """The data of a JSON answer."""
    return (await reader.get(address)).raise_for_status().json()["data"]


async def get_text(reader: httpx.AsyncClient, address: str, name: str) -> str:
    """The same resource in another format."""
    return (await reader.get(address, params={"format": name})).raise_for_status().text


def walk(tree: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every object, list and value in a tree, with the name of the member that holds it."""
    yield key, tree
    if isinstance(tree, dict):
        for name, value in cast("dict[str, Any]", tree).items():
            yield from walk(value, name)
    elif isinstance(tree, list):
        for value in cast("list[Any]", tree):
            yield from walk(value, key)


def list_objects(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object in a tree."""
    for _, value in walk(tree):
        if isinstance(value, dict):
            yield cast("dict[str, Any]", value)


def find_numbers(tree: Any, *leaving_out: str) -> Counter[float]:
    """How often each number stands in a tree, without members of these names."""
    return Counter(
        float(value)
        for key, value in walk(tree)
        if isinstance(value, int | float) and not isinstance(value, bool) and key not in leaving_out
    )


def find_facts(data: dict[str, Any]) -> dict[str, list[str]]:
    """The sources of each fact in a JSON document, by the id of the fact."""
    return {
        value["id"]: [source["id"] for source in value["sources"]]
        for value in list_objects(data)
        if "certainty" in value and "plain" in value
    }


def find_cited(data: dict[str, Any]) -> set[str]:
    """The sources that a JSON document names anywhere."""
    listed = {
        entry["id"] for key, value in walk(data) if key == "sources" and isinstance(value, list) for entry in cast("list[Any]", value)
    }
    named = {value for key, value in walk(data) if key == "source" and isinstance(value, str)}
    return listed | named


def read_numbers(text: str) -> set[float]:
    """The numbers in a text."""
    return {float(number.replace(",", "")) for number in NUMBER.findall(text)}
