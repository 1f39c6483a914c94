from pathlib import Path

import httpx
import pytest

from app.formats.markdown import tell_ids
from app.formats.records import render_source, tell_range
from app.main import create_app
from app.release.folder import ReleaseFolder
from app.release.store import Page, ReleaseStore
from app.schemas.v1.source import Source
from app.settings import Settings
from app.values.quantity import Range
from tests.conftest import Edit, build_from
from tests.formats.figures import get_text
from tests.formats.markdown_reader import read_ids

pytestmark = pytest.mark.anyio


async def test_study_has_its_arms_as_a_table(client: httpx.AsyncClient) -> None:
    text = await get_text(client, "/v1/studies/tester-2020", "md")
    assert "|exemplin|exemplin 10 mg once|experimental|10 mg; oral; once|60|60|" in text
    assert "|arm|events|n|percent|\n|-|-|-|-|\n|exemplin|30|60|50|" in text
    assert "- Published risk-ratio, exemplin against placebo: 2.5 (95 % CI 1.42\N{EN DASH}4.41); p 0.002" in text
    assert "[1] tester-2020: PMID 1" in text


async def test_drug_tells_forms_figures_and_superseded_codes(client: httpx.AsyncClient) -> None:
    text = await get_text(client, "/v1/drugs/exemplin", "md")
    assert "Codes: rxnorm 1234, rxnorm 99 (superseded), atc Z01AX01" in text
    assert "- elimination half-life: 2 to 3 h; oral [1]" in text
    assert "- tablet: oral; 10 mg; investigational [1]" in text


async def test_claim_stands_with_its_verdict(client: httpx.AsyncClient) -> None:
    text = await get_text(client, "/v1/claims/exemplin-cures", "md")
    assert "# Claim: Exemplin cures the sample illness." in text
    assert "Verdict: **not supported**" in text


async def test_synthesis_without_estimate_says_why(client: httpx.AsyncClient) -> None:
    text = await get_text(client, "/v1/syntheses/exemplin-remission", "md")
    assert "Not pooled: No trial has measured remission." in text
    assert "- Left out: tester-2020: It did not measure remission" in text


async def test_figures_that_the_text_lacks_are_added(edit: Edit, tmp_path: Path) -> None:
    content = edit("treatments/exemplin/safety.yaml", "category: very-common, events: 6, n: 60, percent: 10", "category: rare, n: 4000")
    build_from(content, tmp_path / "releases")
    transport = httpx.ASGITransport(create_app(Settings(releases=tmp_path / "releases")))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        text = await get_text(client, "/v1/treatments/exemplin/safety", "md")
    assert "Certainty: low. (n 4000) `treatment.exemplin.safety.hiccups`" in text


def test_source_is_told_as_it_is_to_be_cited(releases: Path) -> None:
    store = ReleaseStore(ReleaseFolder(releases).get_current())
    sources, _ = store.list_items("sources", Source, {}, Page(10))
    texts = {source.id: render_source(source, store.name) for source in sources}
    assert (
        "Tester AB, Sample C. Exemplin against placebo: an invented trial. Journal of Invented Results 2020;1:1-9." in texts["tester-2020"]
    )
    assert "DOI 10.5555/exemplin" in texts["tester-2020"]


def test_ids_of_facts_are_told_short_and_none_is_lost() -> None:
    ids = [
        "drug.x.safety.a",
        "drug.x.safety.b",
        "drug.x.access.c",
        "claim.y.verdict.summary",
        "claim.z.verdict.summary",
        "term.w.definition.m",
    ]
    assert tell_ids(ids) == "`drug.x.{safety.{a,b},access.c}`, `claim.{y,z}.verdict.summary`, `term.w.definition.m`"
    assert read_ids(tell_ids(ids)) == set(ids)
    assert tell_ids(ids[5:]) == "`term.w.definition.m`"


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(2, 3, "2 to 3 h"), (2.5, 2.5, "2.5 h"), (None, 3, "up to 3 h"), (0, None, "from 0 h"), (None, 0, "up to 0 h")],
)
def test_ranges_may_be_open(low: float | None, high: float | None, told: str) -> None:
    assert tell_range(Range(low=low, high=high, unit="h")) == told
