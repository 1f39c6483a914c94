"""Sources for reference managers."""

import json
import re
from pathlib import Path

import httpx
import pytest
from fhir.resources.bundle import Bundle

from app.formats.bibliography import find_kind, parse_author, render_bibtex, render_csl, render_ris
from app.release.folder import ReleaseFolder
from app.release.store import Page, ReleaseStore
from app.schemas.v1.source import Source

Client = httpx.AsyncClient
pytestmark = pytest.mark.anyio


@pytest.fixture
def source(releases: Path) -> Source:
    return ReleaseStore(ReleaseFolder(releases).get_current()).get_item("sources", "tester-2020", Source)


@pytest.mark.parametrize(
    ("text", "inverted", "is_person"),
    [
        ("Short B", "Short, B.", True),
        ("van der Berg JAM", "van der Berg, J. A. M.", True),
        ("Smith JA Jr", "Smith, Jr, J. A.", True),
        ("Zanos", "Zanos", True),
        ("van Amsterdam", "van Amsterdam", True),
        ("O'Brien", "O'Brien", True),
        ("World Health Organization", "World Health Organization", False),
        ("NICE", "NICE", False),
        ("Johnson & Johnson", "Johnson & Johnson", False),
    ],
)
async def test_authors_are_persons_or_bodies(text: str, inverted: str, is_person: bool) -> None:  # noqa: FBT001 -- a table
    author = parse_author(text)
    assert (author.inverted(), author.is_person) == (inverted, is_person)


async def test_csl_item_carries_every_part(source: Source) -> None:
    assert json.loads(render_csl([source])) == [
        {
            "id": "tester-2020", "type": "article-journal", "title": "Exemplin against placebo: an invented trial",
            "author": [{"family": "Tester", "given": "A. B."}, {"family": "Sample", "given": "C."}],
            "container-title": "Journal of Invented Results", "issued": {"date-parts": [[2020]]}, "volume": "1", "page": "1-9",
            "DOI": "10.5555/exemplin", "PMID": "1", "number": "NCT00000000", "URL": "https://doi.org/10.5555/exemplin",
        }
    ]  # fmt: skip


async def test_bibtex_entry_carries_every_part(source: Source) -> None:
    assert render_bibtex([source]) == (
        "@article{tester-2020,\n"
        "  title = {{Exemplin against placebo: an invented trial}},\n"
        "  author = {Tester, A. B. and Sample, C.},\n"
        "  journal = {Journal of Invented Results},\n"
        "  year = {2020},\n"
        "  volume = {1},\n"
        "  pages = {1--9},\n"
        "  doi = {10.5555/exemplin},\n"
        "  url = {https://doi.org/10.5555/exemplin},\n"
        "  pmid = {1},\n"
        "  note = {NCT00000000},\n"
        "}\n"
    )


async def test_ris_record_carries_every_part(source: Source) -> None:
    assert render_ris([source]).split("\r\n") == [
        "TY  - JOUR", "ID  - tester-2020", "AU  - Tester, A. B.", "AU  - Sample, C.", "TI  - Exemplin against placebo: an invented trial",
        "T2  - Journal of Invented Results", "PY  - 2020", "VL  - 1", "SP  - 1", "EP  - 9", "DO  - 10.5555/exemplin", "AN  - 1",
        "M1  - NCT00000000", "UR  - https://doi.org/10.5555/exemplin", "ER  - ", "",
    ]  # fmt: skip


async def test_nothing_in_a_bibtex_field_is_a_command(source: Source) -> None:
    odd = source.model_copy(
        update={"title": "50 % of {A_B} & \\C: ~1 #2 $3 ^4", "authors": ["Johnson & Johnson", "Zanos"], "note": "See \n#1."}
    )
    text = render_bibtex([odd])
    assert r"title = {{50 \% of \{A\_B\} \& \textbackslash{}C: \textasciitilde{}1 \#2 \$3 \textasciicircum{}4}}," in text
    assert r"author = {{Johnson \& Johnson} and {Zanos}}," in text
    assert "N1  - See #1.\r\n" in render_ris([odd])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "book"}, "book"),
        ({"kind": "law"}, "law"),
        ({"kind": "registry"}, "dataset"),
        ({"doi": None}, "article"),
        ({"doi": None, "pmid": None}, "page"),
        ({"container": None, "url": None}, "document"),
    ],
)
async def test_kinds_of_document_are_told_apart(source: Source, changes: dict[str, str | None], expected: str) -> None:
    odd = source.model_copy(update=changes)
    assert find_kind(odd) == expected
    assert json.loads(render_csl([odd]))[0]["title"] == odd.title


async def test_source_is_a_valid_fhir_citation_too(client: Client) -> None:
    text = (await client.get("/v1/sources/tester-2020?format=fhir")).text
    Bundle.model_validate_json(text)
    (entry,) = json.loads(text)["entry"]
    assert (entry["resource"]["resourceType"], entry["resource"]["title"]) == ("Citation", "Tester 2020, Journal of Invented Results")
    assert "Cited by" in (await client.get("/v1/sources/tester-2020?format=md")).text
    assert '"ti:cited_by"' in (await client.get("/v1/sources/tester-2020?format=jsonld")).text


@pytest.mark.parametrize("name", ["csl", "bibtex", "ris"])
async def test_list_holds_every_source_unless_a_limit_is_given(client: Client, releases: Path, name: str) -> None:
    every, _ = ReleaseStore(ReleaseFolder(releases).get_current()).list_items("sources", Source, {}, Page(100))
    pattern = {"csl": r'"id":"([^"]+)"', "bibtex": r"@\w+\{([^,]+),", "ris": r"ID  - (\S+)"}[name]
    whole = await client.get(f"/v1/sources?format={name}")
    assert re.findall(pattern, whole.text) == [source.id for source in every]
    assert re.findall(pattern, (await client.get(f"/v1/sources?format={name}&limit=1&offset=1")).text) == [every[1].id]
    assert re.findall(pattern, (await client.get(f"/v1/sources?format={name}&kind=registry")).text) == ["loner-1999"]
    assert "filename=" in whole.headers["content-disposition"]
    assert (await client.get(f"/v1/sources?format={name}&fields=nothing")).status_code == 422
