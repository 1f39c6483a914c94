"""CSL-JSON, BibTeX and RIS say what the JSON says of every source, as programs read them that others wrote."""

import json
import re
from pathlib import Path
from typing import Any, cast

import anyio
import httpx
import pybtex.database  # pyright: ignore[reportMissingTypeStubs] -- neither it nor rispy is typed
import pytest
import rispy  # pyright: ignore[reportMissingTypeStubs]
from pybtex.richtext import Text  # pyright: ignore[reportMissingTypeStubs]

from app.main import create_app
from app.settings import Settings
from tests.formats.figures import Rendered, read_all

PERSON = re.compile(r"(?P<family>.+?)(?:, (?P<suffix>Jr|Sr|II|III))?, (?P<initials>(?:[A-Z]\. ?)+)")
Fields = dict[str, str | list[str] | None]


@pytest.fixture(scope="module")
def sources(folder: Path) -> list[dict[str, Any]]:
    """Every source in JSON, in the order of the list."""
    return [record.data for record in read_all(folder, "json", "sources")]


@pytest.fixture(scope="module")
def single(folder: Path) -> list[Rendered]:
    """Every source by itself in RIS."""
    return read_all(folder, "ris", "sources")


def fetch(folder: Path, name: str) -> str:
    """All sources in one format."""

    async def get() -> str:
        transport = httpx.ASGITransport(create_app(Settings(releases=folder, access_log=False)))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as reader:
            return (await reader.get(f"/v1/sources?format={name}")).raise_for_status().text

    return anyio.run(get)


def expect(source: dict[str, Any]) -> Fields:
    """What every one of the formats has to say of a source. They write line breaks and double blanks as one blank."""
    numbers = [str(code["code"]) for code in source["registration"]]
    names = ("id", "title", "container", "volume", "issue", "doi", "pmid", "pmcid", "url", "pages")
    told: Fields = {name: source[name] and " ".join(source[name].split()) for name in names}
    note = " ".join(source["note"].split()) if source["note"] else None
    return {
        **told,
        "year": str(source["year"]) if source["year"] else None,
        "authors": source["authors"],
        "registration": numbers,
        "note": note,
    }


def join_name(inverted: str) -> str:
    """A name as the record has it, out of "Smith, Jr, J. A."; a body bears its whole name."""
    found = PERSON.fullmatch(inverted)
    if found is None:
        return inverted
    initials = re.sub(r"[. ]", "", found["initials"])
    return " ".join(part for part in (found["family"], initials, found["suffix"]) if part)


def test_csl_items_say_what_the_sources_say(folder: Path, sources: list[dict[str, Any]]) -> None:
    assert [read_csl(item) for item in json.loads(fetch(folder, "csl"))] == [expect(source) for source in sources]


def read_csl(item: dict[str, Any]) -> Fields:
    authors = [
        name.get("literal")
        or " ".join(part for part in (name["family"], re.sub(r"[. ]", "", name.get("given", "")), name.get("suffix")) if part)
        for name in item.get("author", [])
    ]
    year = str(item["issued"]["date-parts"][0][0]) if "issued" in item else None
    numbers = str(item["number"]).split(", ") if "number" in item else list[str]()
    names = {
        "title": "title",
        "volume": "volume",
        "issue": "issue",
        "doi": "DOI",
        "pmid": "PMID",
        "pmcid": "PMCID",
        "url": "URL",
        "pages": "page",
    }
    told = {name: item.get(key) and " ".join(item[key].split()) for name, key in names.items()}
    note = " ".join(item["note"].split()) if "note" in item else None
    container = item.get("container-title") or item.get("publisher")
    return {"id": item["id"], **told, "container": container, "year": year, "authors": authors, "registration": numbers, "note": note}


def test_bibtex_entries_say_what_the_sources_say(folder: Path, sources: list[dict[str, Any]]) -> None:
    entries: dict[str, Any] = dict(pybtex.database.parse_string(fetch(folder, "bibtex"), "bibtex").entries)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    assert list(entries) == [source["id"] for source in sources]
    for source in sources:
        told, expected = read_bibtex(source["id"], entries[source["id"]]), expect(source)
        noted = ". ".join(str(part) for part in (", ".join(expected["registration"] or []), expected["note"]) if part)
        assert told == {**expected, "registration": None, "note": noted or None}


def read_bibtex(key: str, entry: Any) -> Fields:
    """An entry without the commands and braces of TeX. Numbers of registries and the note are one field there."""

    def get(name: str) -> str | None:
        return " ".join(str(Text.from_latex(entry.fields[name])).split()) if name in entry.fields else None  # pyright: ignore[reportUnknownMemberType]

    def name_of(person: Any) -> str:
        family = " ".join([*person.prelast_names, *person.last_names])
        inverted = ", ".join(
            part for part in (family, " ".join(person.lineage_names), " ".join([*person.first_names, *person.middle_names])) if part
        )
        return join_name(str(Text.from_latex(inverted)))  # pyright: ignore[reportUnknownMemberType]

    pages = get("pages")
    return {
        "id": key, "title": get("title"), "authors": [name_of(person) for person in entry.persons.get("author", [])],
        "container": get("journal") or get("publisher") or get("howpublished"), "year": get("year"), "volume": get("volume"),
        "issue": get("number"), "pages": pages and re.sub("--|\N{EN DASH}", "-", pages), "doi": entry.fields.get("doi"), "url": entry.fields.get("url"),
        "pmid": entry.fields.get("pmid"), "pmcid": entry.fields.get("pmcid"), "registration": None, "note": get("note"),
    }  # fmt: skip


def test_ris_records_say_what_the_sources_say(folder: Path, sources: list[dict[str, Any]]) -> None:
    assert [read_ris(record) for record in load_ris(fetch(folder, "ris"))] == [expect(source) for source in sources]


def test_a_source_alone_is_the_same_record_as_in_the_list(single: list[Rendered]) -> None:
    for record in single:
        (alone,) = load_ris(record.text)
        assert read_ris(alone) == expect(record.data)


def load_ris(text: str) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", rispy.loads(text))  # pyright: ignore[reportUnknownMemberType]


def read_ris(record: dict[str, Any]) -> Fields:
    assert len(record.get("urls", [])) <= 1
    assert set(record) <= {
        "type_of_reference", "id", "authors", "title", "secondary_title", "publisher", "year", "volume", "number", "start_page", "end_page",
        "doi", "accession_number", "custom2", "note", "urls", "notes",
    }  # fmt: skip
    pages = "-".join(record[name] for name in ("start_page", "end_page") if name in record)
    return {
        **{name: record.get(name) for name in ("id", "title", "year", "volume", "doi")}, "issue": record.get("number"),
        "container": record.get("secondary_title") or record.get("publisher"), "authors": [join_name(name) for name in record.get("authors", [])],
        "pages": pages or None, "pmid": record.get("accession_number"), "pmcid": record.get("custom2"),
        "registration": record["note"].split(", ") if "note" in record else [], "url": ";".join(record["urls"]).replace("%3B", ";") if "urls" in record else None, "note": record.get("notes", [None])[0],
    }  # fmt: skip
