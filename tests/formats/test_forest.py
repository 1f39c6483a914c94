"""Forest plots: what stands where, and when there is none."""

import xml.etree.ElementTree as ET

import httpx
import pytest

from app.formats.forest import PLOT_LEFT, PLOT_RIGHT, Axis, build_axis, render_forest
from app.schemas.v1.synthesis import PublishedPool, Synthesis

SVG = "{http://www.w3.org/2000/svg}"


async def read(client: httpx.AsyncClient, name: str) -> Synthesis:
    """A synthesis of the sample."""
    return Synthesis.model_validate((await client.get(f"/v1/syntheses/{name}")).json()["data"])


async def test_forest_plot_is_served_as_svg(client: httpx.AsyncClient) -> None:
    by_format = await client.get("/v1/syntheses/exemplin-response?format=svg")
    by_accept = await client.get("/v1/syntheses/exemplin-response", headers={"Accept": "image/svg+xml"})
    assert by_format.status_code == 200
    assert by_format.headers["Content-Type"].startswith("image/svg+xml")
    assert by_format.text == by_accept.text


async def test_forest_plot_shows_study_pooled_effect_and_words(client: httpx.AsyncClient) -> None:
    root = ET.fromstring(render_forest(await read(client, "exemplin-response")))  # noqa: S314 - our own output
    texts = {"".join(node.itertext()) for node in root.iter(f"{SVG}text")}
    assert root.findtext(f"{SVG}title") == "Exemplin against placebo: response after 24 hours"
    assert "Risk ratio 2.50" in (root.findtext(f"{SVG}desc") or "")
    assert {"30/60", "12/60", "2.50 (1.42 to 4.40), 100 %", "← favours placebo", "favours exemplin →"} <= texts
    assert [node.text for node in root.iter(f"{SVG}text") if node.get("font-weight") == "bold"].count("30/60") == 1  # the total
    squares = [node for node in root.iter(f"{SVG}rect") if node.get("class") == "study"]
    assert len(squares) == 1
    middle = float(squares[0].get("x", "0")) + float(squares[0].get("width", "0")) / 2
    assert middle == pytest.approx(Axis(0.5, 5, ratio=True).place(2.5), abs=0.2)
    assert "In 100 people: 20 with placebo, 50 with exemplin (95 % CI 28 to 88); number needed to treat 3" in texts


async def test_where_nothing_is_pooled_the_picture_says_why(client: httpx.AsyncClient) -> None:
    text = (await client.get("/v1/syntheses/exemplin-remission?format=svg")).text
    assert "Nothing is pooled." in text
    assert "No trial has measured remission." in text
    assert "<polygon" not in text


@pytest.mark.parametrize("width", [320, 1200])
async def test_where_nothing_is_pooled_each_result_stands_alone(client: httpx.AsyncClient, width: int) -> None:
    synthesis = await read(client, "exemplin-response")
    entries = [entry.model_copy(update={"weight_percent": None}) for entry in synthesis.entries]
    alone = {"pooled": False, "result": None, "reason": "One trial is no synthesis.", "entries": entries}
    text = render_forest(synthesis.model_copy(update=alone), width)
    root = ET.fromstring(text)  # noqa: S314 - our own output
    texts = {"".join(node.itertext()) for node in root.iter(f"{SVG}text")}
    assert {"2.50 (1.42 to 4.40)", "Nothing is pooled.", "One trial is no synthesis.", "← favours placebo"} <= texts
    assert not any("weight" in told for told in texts)
    assert len([node for node in root.iter(f"{SVG}rect") if node.get("class") == "study"]) == 1
    assert not list(root.iter(f"{SVG}polygon"))
    assert (root.findtext(f"{SVG}desc") or "").endswith("Shown alone: EXEMPLAR.")


async def test_differences_lie_on_a_linear_axis_with_the_prediction_interval(client: httpx.AsyncClient) -> None:
    synthesis = await read(client, "exemplin-response")
    assert synthesis.result is not None
    figures = {"estimate": -3.0, "ci_low": -5.0, "ci_high": -1.0, "prediction_low": -6.0, "prediction_high": 0.5}
    result = synthesis.result.model_copy(update=figures)
    entries = [entry.model_copy(update={"estimate": -3.0, "ci_low": -6.0, "ci_high": 1.0, "n_t": None}) for entry in synthesis.entries]
    kind = {"effect": "md", "outcome": "adverse-event", "hartung_knapp": True}
    text = render_forest(synthesis.model_copy(update={**kind, "result": result, "entries": entries}))
    assert "95 % prediction interval" in text
    assert "fewer with exemplin" in text
    assert "\u22123.00 (\u22125.00 to \u22121.00)" in text


async def test_an_interval_over_the_end_of_the_axis_has_a_head(client: httpx.AsyncClient) -> None:
    synthesis = await read(client, "exemplin-response")
    assert synthesis.result is not None
    assert 'class="cut"' not in render_forest(synthesis)
    entry = synthesis.entries[0].model_copy(
        update={"study": "Nobody 2020", "ci_low": 0.001, "ci_high": 900.0, "note": "0.5 was added to each cell"}
    )
    text = render_forest(synthesis.model_copy(update={"entries": [entry]}))
    assert text.count('class="cut"') == 2
    assert "0.5 was added to each cell of Nobody 2020" in text


async def test_no_effect_lies_inside_the_plot(client: httpx.AsyncClient) -> None:
    synthesis = await read(client, "exemplin-response")
    assert synthesis.result is not None
    for low, high in ((5.0, 9.0), (0.02, 0.03), (0.9, 1.1)):
        figures = {"estimate": low, "ci_low": low, "ci_high": high}
        entries = [synthesis.entries[0].model_copy(update=figures)]
        axis = build_axis(synthesis.model_copy(update={"entries": entries}), synthesis.result.model_copy(update=figures))
        assert PLOT_LEFT + 60 < axis.place(1) < PLOT_RIGHT - 60


async def test_what_others_pooled_stands_where_nothing_is_pooled(client: httpx.AsyncClient) -> None:
    synthesis = await read(client, "exemplin-remission")
    pool = PublishedPool(
        source="tester-2020", effect="or", estimate=3.94, low=1.54, high=10.1, k=7, n=185, certainty="very-low", locator=None, check="seen",
        note="Against placebo.",
    )  # fmt: skip
    text = render_forest(synthesis.model_copy(update={"published": [pool]}))
    assert "Pooled by others (Tester 2020): odds ratio 3.94 (95 % CI 1.54 to 10.10), 7 trials, 185 people. Against placebo." in text


def test_axis_keeps_values_inside_the_plot() -> None:
    axis = Axis(0.1, 10, ratio=True)
    assert (axis.place(0.001), axis.place(1000), axis.place(1)) == (PLOT_LEFT, PLOT_RIGHT, (PLOT_LEFT + PLOT_RIGHT) / 2)
    assert axis.ticks() == [0.1, 0.2, 0.5, 1, 2, 5, 10]
    assert Axis(-6, 1, ratio=False).ticks() == [-6.0, -4.0, -2.0, 0.0]


async def test_other_resources_come_as_json_only(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/syntheses?format=svg")
    assert (answer.status_code, answer.json()["formats"]) == (406, ["json"])


async def test_on_a_phone_everything_stands_in_rows_within_the_width(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/syntheses/exemplin-response?format=svg&width=320")
    root = ET.fromstring(answer.text)  # noqa: S314 - our own output
    texts = list(root.iter(f"{SVG}text"))
    assert root.get("viewBox", "").startswith("0 0 320 ")
    assert {"2.50 (1.42 to 4.40); exemplin 30/60,", "placebo 12/60"} <= {"".join(node.itertext()) for node in texts}  # the total
    assert "exemplin 30/60, placebo 12/60" in {"".join(node.itertext()) for node in texts}
    assert min(float(node.get("font-size", "0")) for node in texts) >= 11
    assert max(float(node.get("x", "0")) for node in texts) <= 320
    ends = [float(node.get(end, "0")) for node in root.iter(f"{SVG}line") for end in ("x1", "x2")]
    assert 0 <= min(ends) <= max(ends) <= 320
