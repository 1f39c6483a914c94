"""Pictures show the figures of the JSON, for every synthesis, study, efficacy section and pair of treatments there is, wide and narrow."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

import httpx
import pytest

from tests.formats.figures import get_data, list_addresses
from tests.formats.test_tables_agree import list_comparisons

pytestmark = pytest.mark.anyio

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (320, 1080)
SHARED = ("response", "remission", "relapse", "suicidal-ideation")


async def draw(reader: httpx.AsyncClient, address: str, width: int) -> tuple[ET.Element, str]:
    """A picture and its words in order, with lines that were broken put together, plain blanks and plain signs."""
    mark = "&" if "?" in address else "?"
    text = (await reader.get(f"{address}{mark}format=svg&width={width}")).raise_for_status().text
    root = ET.fromstring(text)  # noqa: S314 -- our own output
    words = " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))
    return root, normalise(words)


def normalise(text: str) -> str:
    """Text as one line without special blanks and signs."""
    return re.sub(r"\s+", " ", text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " "))


def show(value: float) -> str:
    """A figure as plots write it."""
    return f"{value:.2f}"


def span(estimate: float, low: float, high: float) -> str:
    return f"{show(estimate)} ({show(low)} to {show(high)})"


def lack(words: str, told: Iterable[str]) -> list[str]:
    """What a picture does not say."""
    return [part for part in told if normalise(part) not in words]


@pytest.mark.parametrize("width", WIDTHS)
async def test_forest_plots_show_every_result_and_the_pooled_effect(reader: httpx.AsyncClient, width: int) -> None:
    for address in await list_addresses(reader, "syntheses"):
        data = await get_data(reader, address)
        root, words = await draw(reader, address, width)
        entries = [entry for entry in data["entries"] if entry["estimate"] is not None]
        told = [entry["study"] for entry in entries]
        told += [span(entry["estimate"], entry["ci_low"], entry["ci_high"]) for entry in entries]
        told += [f"{entry['events_t']}/{entry['n_t']}" for entry in entries if entry["n_t"] and entry["n_c"]]
        told += [f"{entry['events_c']}/{entry['n_c']}" for entry in entries if entry["n_t"] and entry["n_c"]]
        told += [f"{entry['weight_percent']:.0f} %" for entry in entries if entry["weight_percent"] is not None]
        told += tell_pooled(data) if data["result"] else ["Nothing is pooled.", data["reason"]]
        assert lack(words, told) == [], (address, words)
        assert len([node for node in root.iter(f"{SVG}rect") if node.get("class") == "study"]) == len(entries), address
        assert [node.get("href") for node in root.iter(f"{SVG}a")] == [address]


def tell_pooled(data: dict[str, Any]) -> list[str]:
    result, absolute = data["result"], data["absolute"]
    told = [span(result["estimate"], result["ci_low"], result["ci_high"]), f"I\N{SUPERSCRIPT TWO} = {result['i2']:.0f} %"]
    told += [f"Q = {show(result['q'])}", f"{result['k']} results", f"Certainty (GRADE): {data['certainty']}."]
    if result["prediction_low"] is not None:
        told.append(f"{show(result['prediction_low'])} to {show(result['prediction_high'])}")
    if absolute is not None:
        told.append(f"In 100 people: {absolute['comparator_risk_percent']:.0f} with {data['comparator']}")
        told.append(f"(95 % CI {absolute['treated_risk_low']:.0f} to {absolute['treated_risk_high']:.0f})")
    return told


@pytest.mark.parametrize("width", WIDTHS)
async def test_pictures_of_studies_show_every_arm_with_its_people_and_outcome(reader: httpx.AsyncClient, width: int) -> None:
    for address in await list_addresses(reader, "studies"):
        data = await get_data(reader, address)
        root, words = await draw(reader, address, width)
        counts = [arm["n_analysed"] if arm["n_randomised"] is None else arm["n_randomised"] for arm in data["arms"]]
        told = [arm["label"] for arm in data["arms"]] + [f"{count} people" for count in counts if count is not None]
        shown = choose(data["outcomes"])
        results: list[dict[str, Any]] = shown["arms"] if shown else []
        told += [share for result in results if (share := tell_share(result))]
        assert lack(words, told) == [], (address, words)
        people = [result["n"] for result in results if result["events"] is not None and (result["n"] or 0) <= 400]
        hundreds = [100 for result in results if result["percent"] is not None or result["events"] is not None]
        icons = sum(node.get("class") in {"event", "none"} for node in root.iter())
        assert icons == sum(people) + 100 * (len(hundreds) - len(people)), address


def choose(outcomes: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The outcome that is shown: the primary one of those that people have or have not and that were counted, else the first."""
    counted = [outcome for outcome in outcomes if outcome["measure"] in SHARED and any(map(tell_share, outcome["arms"]))]
    return next((outcome for outcome in counted if outcome["primary"]), counted[0] if counted else None)


def tell_share(result: dict[str, Any]) -> str | None:
    if result["events"] is not None and result["n"] is not None:
        return f"{result['events']} of {result['n']} had the outcome"
    return None if result["percent"] is None else f"{result['percent']:g} % had the outcome, as published"


@pytest.mark.parametrize("width", WIDTHS)
async def test_time_courses_show_the_share_of_every_arm(reader: httpx.AsyncClient, width: int) -> None:
    studies = [await get_data(reader, address) for address in await list_addresses(reader, "studies")]
    shown = 0
    for address in await list_addresses(reader, "treatments"):
        name = address.rpartition("/")[2]
        if (await reader.get(f"{address}/efficacy")).status_code == 404:
            continue
        root, words = await draw(reader, f"{address}/efficacy", width)
        points: dict[tuple[str, str], list[float]] = {}
        for study in studies:
            arms = {arm["id"]: arm for arm in study["arms"]}
            for outcome in (outcome for outcome in study["outcomes"] if outcome["measure"] == "response"):
                told = [(arms[result["arm"]], share) for result in outcome["arms"] if (share := find_share(result)) is not None]
                if any(arm["treatment"] == name for arm, _ in told):
                    points.setdefault((study["name"], outcome["timepoint"]["duration"]), [share for _, share in told])
        assert lack(words, [f"{study}, " for study, _ in points]) == [], address
        assert lack(words, [f"{share:.0f} %" for shares in points.values() for share in shares]) == [], (address, words)
        marks = sum(node.get("class") in {"treated", "compared"} for node in root.iter())
        assert marks == sum(map(len, points.values())), address
        shown += marks
    assert shown


def find_share(result: dict[str, Any]) -> float | None:
    if result["percent"] is not None:
        return result["percent"]
    return 100 * result["events"] / result["n"] if result["events"] is not None and result["n"] else None


@pytest.mark.parametrize("width", WIDTHS)
async def test_pictures_of_comparisons_show_every_cell(reader: httpx.AsyncClient, width: int) -> None:
    for address in await list_comparisons(reader):
        data = await get_data(reader, address)
        root, words = await draw(reader, address, width)
        cells = [cell["value"] or cell["reason"] for row in data["rows"] for cell in row["cells"]]
        assert [cell for cell in cells if not set(normalise(cell).split()) <= set(words.split())] == [], address
        assert (width < 900) or all(treatment["id"] in words for treatment in data["treatments"]), address
        assert [node.get("href") for node in root.iter(f"{SVG}a")] == [address]
