"""Groups of a study as a picture."""

import xml.etree.ElementTree as ET
from collections import Counter

import httpx
import pytest

from app.formats.arms import choose_outcome, count_icons, render_arms, tell_result
from app.schemas.v1.study import ArmResult, Study


async def read(client: httpx.AsyncClient) -> Study:
    """The study of the sample."""
    return Study.model_validate((await client.get("/v1/studies/tester-2020")).json()["data"])


def result(**given: float) -> ArmResult:
    """An arm's result with these figures and no other."""
    return ArmResult.model_validate({**dict.fromkeys(ArmResult.model_fields), "arm": "a", **given})


@pytest.mark.parametrize("width", [320, 1200])
async def test_every_person_is_an_icon(client: httpx.AsyncClient, width: int) -> None:
    root = ET.fromstring(render_arms(await read(client), width))  # noqa: S314 - our own output
    assert Counter(node.get("class") for node in root.iter() if node.get("class")) == {"event": 30 + 12, "none": 30 + 48}
    assert "30 of 60 had the outcome (50 %)" in "".join(root.itertext())


async def test_the_picture_is_served(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/studies/tester-2020", headers={"Accept": "image/svg+xml"})
    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert 'href="/v1/studies/tester-2020"' in answer.text


async def test_without_counts_the_picture_says_so(client: httpx.AsyncClient) -> None:
    study = await read(client)
    bare = study.model_copy(update={"outcomes": [outcome.model_copy(update={"measure": "symptom-change"}) for outcome in study.outcomes]})
    assert choose_outcome(bare) is None
    assert "No outcome of this study is recorded as people who had it" in render_arms(bare)
    one_arm = study.outcomes[0].model_copy(update={"arms": study.outcomes[0].arms[:1]})
    assert "outcome not counted in this group" in render_arms(study.model_copy(update={"outcomes": [one_arm]}))


@pytest.mark.parametrize(
    ("given", "icons", "told"),
    [
        ({"events": 3, "n": 12}, (3, 12), "3 of 12 had the outcome (25 %)"),
        ({"events": 300, "n": 1000}, (30, 100), "300 of 1000 had the outcome (30 %)"),
        ({"percent": 63.4, "n": 112}, (63, 100), "63.4 % had the outcome, as published (shown as that many of 100)"),
    ],
)
def test_icons_are_people_or_of_a_hundred(given: dict[str, float], icons: tuple[int, int], told: str) -> None:
    assert (count_icons(result(**given)), tell_result(result(**given))) == (icons, told)
