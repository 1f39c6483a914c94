"""Syntheses as they are served."""

from pathlib import Path

import httpx
import pytest

from app.content.checks import check_content
from tests.conftest import TODAY, Edit

SYNTHESIS = "syntheses/exemplin-remission.yaml"
POOL = "published: [{source: tester-2020, effect: or, estimate: 3.94, low: 1.54, high: %s, k: 7, n: 185, check: seen}]\ncertainty:"


async def test_pooled_result_tells_its_method_and_the_effect_in_people(client: httpx.AsyncClient) -> None:
    data = (await client.get("/v1/syntheses/exemplin-response")).json()["data"]
    assert data["method"].startswith("Random effects, DerSimonian-Laird; normal interval")
    assert "0.5 is added" in data["method"]
    assert data["hartung_knapp"] is False
    absolute = {name: round(value, 3) for name, value in data["absolute"].items()}
    assert absolute == {
        "comparator_risk_percent": 20.0, "treated_risk_percent": 50.0, "treated_risk_low": 28.395, "treated_risk_high": 88.042,
        "difference_percent": 30.0, "difference_low": 8.395, "difference_high": 68.042,
        "number_needed_to_treat": 3.333, "needed_low": 1.47, "needed_high": 11.911,
    }  # fmt: skip


async def test_without_a_pooled_result_there_is_neither(client: httpx.AsyncClient) -> None:
    data = (await client.get("/v1/syntheses/exemplin-remission")).json()["data"]
    assert (data["method"], data["absolute"], data["published"]) == (None, None, [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (POOL % "3.0", "does not contain the estimate"),
        (POOL.replace("tester-2020", "tester-2021") % "10.1", "there is no source `tester-2021`"),
    ],
)
def test_what_others_pooled_is_checked(edit: Edit, text: str, message: str) -> None:
    root: Path = edit(SYNTHESIS, "certainty:", text)
    assert any(message in str(problem) for problem in check_content(root, TODAY)[1])
