"""Syntheses from the records of studies: what enters, how, and what is refused."""

import math
from datetime import date
from pathlib import Path

import pytest

from app.content.checks import get_checked_library
from app.content.library import Library
from app.content.problem import ContentError
from app.content.study import ArmResult
from app.evidence.check import check_evidence
from app.evidence.synthesis import Computed, compute_synthesis, find_events
from app.release.build import build_release
from app.release.syntheses import render_synthesis
from tests.conftest import TODAY, Edit

DATA = Path(__file__).parent.parent.parent / "app" / "data"


@pytest.fixture(scope="module")
def library() -> Library:
    """The published content."""
    return get_checked_library(DATA, date(2026, 12, 1))


def compute(library: Library, name: str) -> Computed:
    """A pooled synthesis of the published content."""
    computed = compute_synthesis(library.syntheses[name].item, library)
    assert computed is not None
    return computed


@pytest.mark.parametrize(
    ("percent", "n", "events"),
    [(64.0, 47, 30), (28.0, 25, 7), (55.4, 195, 108), (41.2, 170, 70), (6.3, 64, 4), (50.0, 1000, None), (7.0, None, None)],
)
def test_count_is_taken_from_a_percentage_only_when_one_count_fits(percent: float, n: int | None, events: int | None) -> None:
    assert find_events(ArmResult(arm="a", percent=percent, n=n)) == events


def test_published_contrasts_enter_as_published(library: Library) -> None:
    """TRANSFORM-2: -4.0, standard error 1.69."""
    first = compute(library, "esketamine-madrs-day-28").entered[0]
    assert (first.effect.estimate, first.effect.variance) == (-4.0, pytest.approx(1.69**2))


def test_two_doses_against_one_control_are_averaged(library: Library) -> None:
    """TRANSFORM-1: -3.2 and -4.1, each with an interval about 7.2 to 7.3 wide."""
    second = compute(library, "esketamine-madrs-day-28").entered[1]
    assert second.effect.estimate == pytest.approx(-3.65)
    errors = [(0.45 + 6.88) / 3.919928, (-0.49 + 7.67) / 3.919928]
    assert second.effect.variance == pytest.approx((sum(e * e for e in errors) + errors[0] * errors[1]) / 4, rel=1e-5)


def test_hazard_ratios_are_pooled_on_the_log_scale(library: Library) -> None:
    pooled = compute(library, "esketamine-relapse").pooled
    assert 0.30 < math.exp(pooled.estimate) < 0.49
    assert pooled.n is None


def test_arms_are_taken_together_for_counts(library: Library) -> None:
    entered = next(item for item in compute(library, "esketamine-dissociation").entered if item.figure.startswith("fedgchin"))
    assert entered.counts is not None
    assert (entered.counts.events_t, entered.counts.n_t, entered.counts.events_c, entered.counts.n_c) == (62, 231, 4, 113)


def test_what_should_not_be_pooled_has_no_estimate(library: Library) -> None:
    for name in ("ketamine-ect-response", "ketamine-placebo-response-24h", "ketamine-midazolam-response-24h"):
        assert compute_synthesis(library.syntheses[name].item, library) is None
        assert library.syntheses[name].item.excluded


def test_a_single_trial_stands_alone_with_its_own_effect(library: Library) -> None:
    """Murrough 2013: 30 of 47 and 7 of 25."""
    synthesis = library.syntheses["ketamine-midazolam-response-24h"].item
    document, card = render_synthesis(synthesis, library, [])
    (entry,) = document.entries
    assert (document.result, card.result, entry.weight_percent) == (None, None, None)
    assert (entry.events_t, entry.n_t, entry.events_c, entry.n_c) == (30, 47, 7, 25)
    assert entry.estimate == pytest.approx((30 / 47) / (7 / 25), rel=1e-5)


def test_interval_is_that_of_hartung_and_knapp_only_where_trials_differ(library: Library) -> None:
    assert compute(library, "esketamine-remission-day-28").pooled.hartung_knapp
    for name in ("esketamine-dissociation", "esketamine-relapse"):
        assert not compute(library, name).pooled.hartung_knapp


def test_effect_in_people_is_that_at_the_median_risk_without_treatment(library: Library) -> None:
    """Comparator groups 54/109, 42/113 and 8/64; risk ratio 1.337."""
    computed = compute(library, "esketamine-response-day-28")
    absolute = computed.absolute
    assert absolute is not None
    ratio = math.exp(computed.pooled.estimate)
    assert absolute.comparator_risk == pytest.approx(100 * 42 / 113)
    assert absolute.treated_risk[0] == pytest.approx(100 * 42 / 113 * ratio)
    assert absolute.difference[0] == pytest.approx(100 * 42 / 113 * (ratio - 1))
    assert absolute.needed == pytest.approx(113 / (42 * (ratio - 1)))
    assert absolute.needed_ends is not None
    few, many = absolute.needed_ends
    assert 0 < few < 113 / (42 * (ratio - 1)) < many


def test_differences_of_scores_have_no_effect_in_people(library: Library) -> None:
    assert compute(library, "esketamine-madrs-day-28").absolute is None


STUDY, SYNTHESIS = "studies/tester-2020.yaml", "syntheses/exemplin-response.yaml"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((STUDY, "{type: parallel,", "{type: crossover,"), "both periods of a crossover"),
        ((STUDY, "{arm: placebo, events: 12, n: 60, percent: 20}", "{arm: placebo, percent: 20}"), "arm `placebo` has no count"),
        ((SYNTHESIS, "comparator_arms: [placebo]", "comparator_arms: [saline]"), "arm `saline` has no count"),
        ((SYNTHESIS, "effect: rr", "effect: md"), "lacks its mean"),
        ((SYNTHESIS, "effect: rr", "effect: hr"), "neither a published contrast"),
        ((SYNTHESIS, "model: dl", "model: dl\nhartung_knapp: true"), "Hartung-Knapp"),
    ],
)
def test_synthesis_that_cannot_be_computed_is_no_release(edit: Edit, tmp_path: Path, change: tuple[str, str, str], message: str) -> None:
    library = get_checked_library(edit(*change), TODAY)
    problem = check_evidence(library)[0]
    assert message in problem.message
    assert problem.file == SYNTHESIS
    with pytest.raises(ContentError):
        build_release(library, tmp_path / "releases")
    assert not (tmp_path / "releases").exists()


def test_a_result_that_stands_alone_has_to_be_computable_too(edit: Edit) -> None:
    edit(SYNTHESIS, "pooled: true", "pooled: false\nreason: One trial is no synthesis.")
    edit(SYNTHESIS, "comparator_arms: [placebo]", "comparator_arms: [saline]")
    assert any(
        "arm `saline` has no count" in problem.message
        for problem in check_evidence(get_checked_library(edit(SYNTHESIS, "dl", "dl"), TODAY))
    )
