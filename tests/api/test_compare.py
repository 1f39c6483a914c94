"""Treatments side by side."""

import csv
import io
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.main import create_app
from app.settings import Settings
from tests.conftest import build_from

BOTH = "/v1/compare?treatments=exemplin,sampline"
HEAD = "treatments/exemplin/treatment.yaml"
KINDS = {
    "racemate-of": "enantiomer-of", "enantiomer-of": "racemate-of", "member-of-class": "has-member", "augmentation-of": "augmented-by",
    "compared-with": "compared-with", "contraindicated-with": "contraindicated-with",
}  # fmt: skip
Edit = Callable[[str, str, str], Path]


async def read(client: httpx.AsyncClient, address: str = BOTH) -> dict[str, Any]:
    """The data of an answer."""
    answer = await client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def row_of(data: dict[str, Any], attribute: str, jurisdiction: str | None = None) -> dict[str, Any]:
    """The row of an attribute."""
    return next(row for row in data["rows"] if (row["attribute"], row["jurisdiction"]) == (attribute, jurisdiction))


async def test_cells_rest_on_facts_and_bring_their_warnings(client: httpx.AsyncClient) -> None:
    row = row_of(await read(client), "onset")
    cell = row["cells"][0]
    assert (cell["value"], cell["certainty"], cell["syntheses"]) == ("within a day", "low", ["exemplin-response"])
    assert cell["facts"] == ["treatment.exemplin.efficacy.response"]
    assert cell["see_also"] == ["treatment.exemplin.safety.hiccups"]
    assert row["comparison"] == "indirect"


async def test_a_missing_cell_says_why(client: httpx.AsyncClient) -> None:
    data = await read(client)
    missing = row_of(data, "onset")["cells"][1]
    assert (missing["value"], missing["reason"]) == (None, "Nothing on this is recorded here.")
    assert row_of(data, "cost", "US")["cells"][0]["reason"] == "Nobody sells it."
    assert row_of(data, "relapse")["cells"][0]["value"] is None


async def test_the_order_is_that_of_the_question_and_aliases_count(client: httpx.AsyncClient) -> None:
    data = await read(client, "/v1/compare?treatments=sampline,exa")
    assert [item["id"] for item in data["treatments"]] == ["sampline", "exemplin"]
    assert [cell["treatment"] for cell in data["rows"][0]["cells"]] == ["sampline", "exemplin"]


async def test_without_a_common_study_the_comparison_is_called_indirect(client: httpx.AsyncClient) -> None:
    (pair,) = (await read(client))["pairs"]
    assert (pair["comparison"], pair["studies"]) == ("indirect", [])
    assert "cannot say that one is better" in pair["note"]


async def test_studies_that_compare_the_two_come_first(edit: Edit, tmp_path: Path) -> None:
    build_from(edit("studies/tester-2020.yaml", "comparators: [placebo]", "comparators: [placebo, sampline]"), tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        (pair,) = (await read(client))["pairs"]
        words = (await client.get(f"{BOTH}&format=md")).text
    assert (pair["comparison"], [study["id"] for study in pair["studies"]]) == ("head-to-head", ["tester-2020"])
    assert words.index("/v1/studies/tester-2020") < words.index("## Side by side")


async def test_statements_on_direct_comparisons_come_first_too(edit: Edit, tmp_path: Path) -> None:
    told = "treatment.exemplin.efficacy.response"
    edit(HEAD, "{kind: compared-with, treatment: sampline}", f"{{kind: compared-with, treatment: sampline, facts: [{told}]}}")
    build_from(tmp_path / "content", tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        (pair,) = (await read(client))["pairs"]
        (turned,) = (await read(client, "/v1/compare?treatments=sampline,exemplin"))["pairs"]
        words = (await client.get(f"{BOTH}&format=md")).text
        picture = (await client.get(f"{BOTH}&format=svg")).text
        relation = (await client.get("/v1/treatments/sampline?sections=overview")).json()["data"]["relations"][0]
    assert (pair["comparison"], pair["studies"], [fact["id"] for fact in pair["facts"]]) == ("head-to-head", [], [told])
    assert turned["facts"] == pair["facts"]
    assert words.index(pair["facts"][0]["text"]) < words.index("## Side by side")
    assert f"compared directly: {told}" in picture
    assert relation["facts"] == [told]


async def test_a_cell_that_is_empty_for_one_place_names_the_others(content: Path, tmp_path: Path) -> None:
    head = content / "treatments/sampline/treatment.yaml"
    status = "{attribute: legal-status, jurisdiction: US, value: no licence, status: not-a-drug, facts: [treatment.sampline.overview.what-it-is]}"
    head.write_text(f"{head.read_text(encoding='utf-8')}profile: [{status}]\n", encoding="utf-8")
    build_from(content, tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        data = await read(client)
    assert row_of(data, "legal-status", "US")["cells"][0]["reason"] == "Nothing is recorded here for US; see UK."
    assert row_of(data, "cost", "US")["cells"][1]["reason"] == "Nothing is recorded here for US."


@pytest.mark.parametrize(("mark", "inverse"), KINDS.items())
async def test_every_kind_of_relation_stands_in_both_treatments(edit: Edit, tmp_path: Path, mark: str, inverse: str) -> None:
    build_from(edit(HEAD, "kind: compared-with", f"kind: {mark}"), tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        found = {
            name: [relation["kind"] for relation in (await client.get(f"/v1/treatments/{name}")).json()["data"]["relations"]]
            for name in ("exemplin", "sampline")
        }
    assert found == {"exemplin": [mark], "sampline": [inverse]}


@pytest.mark.parametrize(
    ("treatments", "hint", "suggested"),
    [
        ("exemplin", "2 to 4", ["exemplin,sampline"]),
        ("exemplin,sampline,exemplin", "more than once", []),
        ("exemplin,exa", "more than once", ["sampline"]),
        ("exemplin,samplin", "no treatment `samplin`", ["sampline"]),
        ("exemplin,", "empty", ["sampline"]),
        ("", "empty", ["exemplin", "sampline"]),
        ("a,b,c,d,e,f,g,h,i", "2 to 4 treatments with commas, not 9", []),
    ],
)
async def test_other_numbers_of_treatments_are_refused(client: httpx.AsyncClient, treatments: str, hint: str, suggested: list[str]) -> None:
    answer = await client.get(f"/v1/compare?treatments={treatments}")
    assert answer.status_code == 422
    (error, *_) = answer.json()["errors"]
    assert hint in error["detail"]
    assert error.get("did_you_mean", []) == suggested
    assert (await client.get("/v1/compare")).status_code == 422


async def test_of_nine_treatments_the_first_four_are_suggested(content: Path, tmp_path: Path) -> None:
    names = [f"sampline-{letter}" for letter in "abcdefghi"]
    for name in names:
        folder = content / "treatments" / name
        shutil.copytree(content / "treatments" / "sampline", folder)
        for file in folder.glob("*.yaml"):
            text = file.read_text(encoding="utf-8").replace("id: sampline", f"id: {name}").replace(".sampline.", f".{name}.")
            file.write_text(
                text.replace("What is sampline", f"What is {name}")
                .replace("sampline a drug", f"{name} a drug")
                .replace("sampline real", f"{name} real")
            )
    build_from(content, tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get(f"/v1/compare?treatments={','.join(names)}")
        four = await client.get(f"/v1/compare?treatments={','.join(names[:4])}")
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["detail"], error["did_you_mean"]) == (
        422,
        "name 2 to 4 treatments with commas, not 9",
        [",".join(names[:4])],
    )
    assert (four.status_code, len(four.json()["data"]["pairs"])) == (200, 6)


async def test_csv_has_a_row_for_each_cell(client: httpx.AsyncClient) -> None:
    data = await read(client)
    answer = await client.get(BOTH, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    (pair, *_), (told,) = rows, data["pairs"]
    assert (pair["comparison"], pair["treatment"]) == (told["comparison"], "exemplin;sampline")
    assert pair["studies"].split(";") == [study["id"] for study in told["studies"]] or not told["studies"]
    assert len(rows) == 1 + 2 * len(data["rows"])
    onset = next(row for row in rows if row["attribute"] == "onset" and row["treatment"] == "exemplin")
    assert (onset["value"], onset["facts"]) == ("within a day", "treatment.exemplin.efficacy.response")


async def test_markdown_is_a_table_with_what_it_rests_on(client: httpx.AsyncClient) -> None:
    words = (await client.get(f"{BOTH}&format=md")).text
    assert words.startswith("# Exemplin for testing and Sampline\n")
    assert ". Onset of effect (indirect) | within a day (low certainty) | Nothing on this is recorded here. |" in words
    assert "50 % against 20 % \\| one trial" in words
    number = next(number for number, row in enumerate((await read(client))["rows"], 1) if row["attribute"] == "onset")
    assert re.search(rf"- `treatment\.exemplin\.…`: .*\b{number}: efficacy\.response\b", words)


@pytest.mark.parametrize("width", [320, 1200])
async def test_the_picture_holds_every_row(client: httpx.AsyncClient, width: int) -> None:
    answer = await client.get(f"{BOTH}&format=svg&width={width}")
    root = ET.fromstring(answer.text)  # noqa: S314 - our own output
    text = " ".join("".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text"))
    for row in (await read(client))["rows"]:
        assert row["title"].split()[0] in text
    assert "indirect" in text
    assert [node.get("href") for node in root.iter("{http://www.w3.org/2000/svg}a")] == [BOTH]


async def test_an_addition_to_a_treatment_is_no_comparison_with_it(edit: Edit, tmp_path: Path) -> None:
    told = "treatment.exemplin.efficacy.response"
    edit(HEAD, "{kind: compared-with, treatment: sampline}", f"{{kind: augmentation-of, treatment: sampline, facts: [{told}]}}")
    build_from(tmp_path / "content", tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        (pair,) = (await read(client))["pairs"]
    assert (pair["comparison"], pair["facts"]) == ("indirect", [])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=investigational", ["exemplin"]),
        ("route=oral", ["exemplin"]),
        ("onset_within=P1D", ["exemplin"]),
        ("onset_within=PT30H", ["exemplin"]),
        ("onset_within=PT2H", []),
        ("kind=procedure", ["sampline"]),
    ],
)
async def test_treatments_are_filtered_by_what_their_cards_say(client: httpx.AsyncClient, query: str, found: list[str]) -> None:
    data = (await client.get(f"/v1/treatments?{query}")).json()["data"]
    assert [card["id"] for card in data] == found
    for card in data:
        assert card["legal_status"] == [] or card["legal_status"][0]["jurisdiction"] == "UK"


@pytest.mark.parametrize("query", ["onset_within=1 day", "status=licenced", "route=nose"])
async def test_a_filter_that_cannot_be_read_is_refused(client: httpx.AsyncClient, query: str) -> None:
    assert (await client.get(f"/v1/treatments?{query}")).status_code == 422


async def test_a_withdrawn_treatment_takes_its_statements_with_it(edit: Edit, tmp_path: Path) -> None:
    gone = "status: withdrawn\nwithdrawal: {on: 2026-03-01, reason: Nobody gives it any more.}\n"
    build_from(edit("treatments/sampline/treatment.yaml", "added: 2026-01-10\n", f"{gone}added: 2026-01-10\n"), tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answers = [await client.get(f"/v1/{name}") for name in ("treatments/sampline", "facts/treatment.sampline.overview.what-it-is")]
        listed = (await client.get("/v1/facts?limit=100&fields=id")).json()["data"]
        refused = await client.get(BOTH)
    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("Nobody gives it any more." in answer.text for answer in answers)
    assert not [fact for fact in listed if ".sampline." in fact["id"]]
    assert refused.status_code == 422
