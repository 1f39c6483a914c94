"""What is compared between formats: the numbers, the facts and the sources that an answer holds."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

import anyio
import httpx

from app.main import create_app
from app.settings import Settings
from app.values.sections import SECTIONS

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


@dataclass(frozen=True)
class Rendered:
    """A record as JSON and in another format."""

    address: str
    data: dict[str, Any]
    text: str


def read_all(folder: Path, name: str, *collections: str) -> list[Rendered]:
    """Every record of some collections in a format; `sections` are those of every treatment."""
    return anyio.run(partial(_read_all, folder, name, collections))


async def _read_all(folder: Path, name: str, collections: tuple[str, ...]) -> list[Rendered]:
    transport = httpx.ASGITransport(create_app(Settings(releases=folder, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as reader:
        addresses = await list_addresses(reader, *(collection for collection in collections if collection != "sections"))
        if "sections" in collections:
            addresses += await list_sections(reader)
        return [Rendered(address, await get_data(reader, address), await get_text(reader, address, name)) for address in addresses]


async def list_sections(reader: httpx.AsyncClient) -> list[str]:
    """Every section that there is."""
    treatments = await list_addresses(reader, "treatments")
    return [
        f"{treatment}/{section}"
        for treatment in treatments
        for section in SECTIONS
        if (await reader.get(f"{treatment}/{section}")).status_code == 200
    ]


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
