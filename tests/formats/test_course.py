"""Time course of response."""

import xml.etree.ElementTree as ET

import httpx
import pytest

from app.formats.course import find_points, render_course
from app.schemas.v1.study import Study
from app.values.quantity import read_hours

SVG = "{http://www.w3.org/2000/svg}"


async def read(client: httpx.AsyncClient) -> Study:
    """The study of the sample."""
    return Study.model_validate((await client.get("/v1/studies/tester-2020")).json()["data"])


@pytest.mark.parametrize(
    ("duration", "hours"),
    [("P1D", 24), ("PT40M", 2 / 3), ("PT4H", 4), ("P2W", 336), ("P1DT12H", 36), ("P1M", 730.5), ("P1Y", 8766), ("PT30S", 1 / 120)],
)
def test_durations_are_read_in_hours(duration: str, hours: float) -> None:
    assert read_hours(duration) == pytest.approx(hours)


async def test_points_are_the_shares_of_the_arms(client: httpx.AsyncClient) -> None:
    (point,) = find_points("exemplin", [await read(client)])
    assert (point.hours, [share for _, share in point.treated], [share for _, share in point.compared]) == (24, [50.0], [20.0])
    assert find_points("sampline", [await read(client)]) == []


async def test_later_analyses_of_one_time_and_other_measures_are_left_out(client: httpx.AsyncClient) -> None:
    study = await read(client)
    first = next(outcome for outcome in study.outcomes if outcome.measure == "response")
    other = first.model_copy(update={"id": "again", "arms": [result.model_copy(update={"percent": 99.0}) for result in first.arms]})
    later = other.model_copy(update={"timepoint": first.timepoint.model_copy(update={"duration": "P7D"})})
    changed = study.model_copy(update={"outcomes": [first, other, later.model_copy(update={"measure": "remission"}), later]})
    points = find_points("exemplin", [changed])
    assert [(point.hours, point.treated[0][1]) for point in points] == [(24, 50.0), (168, 99.0)]


@pytest.mark.parametrize("width", [320, 1080])
async def test_each_share_is_marked_and_told(client: httpx.AsyncClient, width: int) -> None:
    root = ET.fromstring(render_course("Exemplin", "exemplin", [await read(client)], "/v1/studies?treatment=exemplin", width))  # noqa: S314
    heights = {
        name: [float(node.get("cy") or node.get("y", "0")) for node in root.iter() if node.get("class") == name]
        for name in ("treated", "compared")
    }
    assert heights["treated"][0] < heights["compared"][0]
    words = " ".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))
    assert "50\u00a0%" in words
    assert "20\u00a0%" in words
    assert [node.get("href") for node in root.iter(f"{SVG}a")] == ["/v1/studies?treatment=exemplin"]
    assert max(float(node.get("x", "0")) for node in root.iter(f"{SVG}text")) <= width


async def test_the_section_efficacy_comes_as_a_picture_and_no_other(client: httpx.AsyncClient) -> None:
    picture = await client.get("/v1/treatments/exemplin/efficacy?format=svg&width=320")
    assert (picture.status_code, picture.headers["Content-Type"].partition(";")[0]) == (200, "image/svg+xml")
    assert 'viewBox="0 0 320 ' in picture.text
    refused = await client.get("/v1/treatments/exemplin/safety?format=svg")
    assert (refused.status_code, refused.json()["formats"]) == (406, ["json", "md", "jsonld", "fhir"])
    assert (await client.get("/v1/treatments/exemplin/efficacy?width=10")).status_code == 422


def test_without_figures_the_picture_says_so() -> None:
    assert "No study that is recorded here" in render_course("Talking", "talking", [], "/v1/studies?treatment=talking")
