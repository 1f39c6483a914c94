"""Pooling against published worked examples, and properties that every meta-analysis has."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.effect import Counts, Effect, EffectError, Means, Measure, get_effect_of_counts, get_effect_of_means
from app.evidence.pooling import Model, leave_one_out, pool_effects
from app.evidence.table import parse_effects

# Colditz GA et al., JAMA 1994;271:698-702; results as printed for R's metafor by Viechtbauer W, J Stat Softw 2010;36(3) and its manual.
BCG = """study,events_t,n_t,events_c,n_c
Aronson 1948,4,123,11,139
Ferguson & Simes 1949,6,306,29,303
Rosenthal et al 1960,3,231,11,220
Hart & Sutherland 1977,62,13598,248,12867
Frimodt-Moller et al 1973,33,5069,47,5808
Stein & Aronson 1953,180,1541,372,1451
Vandiviere et al 1973,8,2545,10,629
TPT Madras 1980,505,88391,499,88391
Coetzee & Berjak 1968,29,7499,45,7277
Rosenthal et al 1961,17,1716,65,1665
Comstock et al 1974,186,50634,141,27338
Comstock & Webster 1969,5,2498,3,2341
Comstock et al 1976,27,16913,29,17854
"""

# Borenstein M, Hedges LV, Higgins JPT, Rothstein HR, Introduction to Meta-Analysis, 2009, chapters 14 and 18, data sets 1 and 2.
BORENSTEIN_BINARY = """study,events_t,n_t,events_c,n_c
Saint,12,65,16,65
Kelly,8,40,10,40
Pilbeam,14,80,19,80
Lane,25,400,80,400
Wright,8,40,11,40
Day,16,65,18,65
"""
BORENSTEIN_G = (("Carroll", 0.0945, 0.0329), ("Grant", 0.2774, 0.0307), ("Peck", 0.3665, 0.0499), ("Donat", 0.6644, 0.0105),
                ("Stewart", 0.4618, 0.0427), ("Young", 0.1852, 0.0234))  # fmt: skip

# Hine LK et al., Arch Intern Med 1989;149:2694, as analysed in Normand ST, Stat Med 1999;18:321.
LIDOCAINE = """study,events_t,n_t,events_c,n_c
Chopra et al.,2,39,1,43
Mogensen,4,44,4,44
Pitt et al.,6,107,4,110
Darby et al.,7,103,5,100
Bennett et al.,7,110,3,106
O'Brien et al.,11,154,4,146
"""


@pytest.mark.parametrize(
    ("model", "estimate", "se", "tau2", "i2"),
    [
        ("fixed-iv", -0.4303, 0.0405, 0.0, 92.12),
        ("dl", -0.7141, 0.1787, 0.3088, 92.12),
        ("reml", -0.7145, 0.1798, 0.3132, 92.22),
        ("pm", -0.7150, 0.1809, 0.3181, 92.33),
    ],
)
def test_bcg_vaccine_as_published(model: Model, estimate: float, se: float, tau2: float, i2: float) -> None:
    pooled = pool_effects(parse_effects(BCG, "rr"), "rr", model)
    assert (round(pooled.estimate, 4), round(pooled.se, 4), round(pooled.tau2, 4), round(pooled.i2, 2)) == (estimate, se, tau2, i2)
    assert round(pooled.q, 4) == 152.2330
    assert (pooled.k, pooled.n) == (13, 357_347)


def test_bcg_vaccine_by_mantel_haenszel_as_published() -> None:
    pooled = pool_effects(parse_effects(BCG, "rr"), "rr", "fixed-mh")
    ratios = [round(math.exp(value), 4) for value in (pooled.estimate, pooled.low, pooled.high)]
    assert ratios == [0.6353, 0.5881, 0.6862]


def test_bcg_vaccine_with_hartung_knapp_interval_as_published() -> None:
    pooled = pool_effects(parse_effects(BCG, "rr"), "rr", "reml", hartung_knapp=True)
    assert [round(value, 4) for value in (pooled.estimate, pooled.se, pooled.low, pooled.high)] == [-0.7145, 0.1808, -1.1084, -0.3206]


def test_bcg_vaccine_odds_ratio_as_in_van_houwelingen_2002() -> None:
    """van Houwelingen HC, Arends LR, Stijnen T, Stat Med 2002;21:589, section 3.1.1: -0.436 with standard error 0.042."""
    pooled = pool_effects(parse_effects(BCG, "or"), "or", "fixed-iv")
    assert (round(pooled.estimate, 3), round(pooled.se, 3)) == (-0.436, 0.042)


def test_odds_ratios_of_borenstein_as_published() -> None:
    effects = parse_effects(BORENSTEIN_BINARY, "or")
    fixed, random = (pool_effects(effects, "or", model) for model in ("fixed-iv", "dl"))
    assert (round(fixed.estimate, 4), round(random.estimate, 4)) == (-0.7241, -0.5663)
    assert (round(random.tau2, 4), round(random.q, 4), round(random.i2, 1)) == (0.1729, 10.5512, 52.6)


def test_hedges_g_of_borenstein_as_published() -> None:
    effects = [Effect(study, g, variance) for study, g, variance in BORENSTEIN_G]
    random = pool_effects(effects, "generic", "dl")
    assert (round(random.estimate, 4), round(random.se, 4), round(random.tau2, 3)) == (0.3582, 0.1053, 0.037)


def test_lidocaine_risk_difference_as_in_normand_1999() -> None:
    pooled = pool_effects(parse_effects(LIDOCAINE, "rd"), "rd", "fixed-iv")
    assert (round(pooled.estimate, 3), round(pooled.se, 3)) == (0.029, 0.013)
    assert pool_effects(parse_effects(LIDOCAINE, "rd"), "rd", "reml").tau2 == 0.0


def test_hedges_g_of_two_groups() -> None:
    """Borenstein 2009, data set 1, Donat: g 0.6644."""
    effect = get_effect_of_means("Donat", Means(94, 19, 200, 82, 17, 200), "smd")
    assert round(effect.estimate, 4) == 0.6644


def test_zero_cell_gets_half_a_person_in_each_cell_and_says_so() -> None:
    effect = get_effect_of_counts("x", Counts(0, 10, 5, 10), "or")
    assert effect.estimate == pytest.approx(math.log((0.5 * 5.5) / (10.5 * 5.5)))
    assert effect.note is not None


def test_ratio_of_nothing_to_nothing_is_refused() -> None:
    with pytest.raises(EffectError, match="tells nothing about a ratio"):
        get_effect_of_counts("x", Counts(0, 10, 0, 12), "rr")


def test_prediction_interval_needs_three_studies_and_is_wider() -> None:
    effects = parse_effects(BCG, "rr")
    assert pool_effects(effects[:2], "rr", "dl").prediction is None
    pooled = pool_effects(effects, "rr", "dl")
    assert pooled.prediction is not None
    assert pooled.prediction[0] < pooled.low
    assert pooled.prediction[1] > pooled.high


def test_leaving_out_each_study_gives_as_many_results() -> None:
    rest = leave_one_out(parse_effects(BCG, "rr"), "rr", "reml")
    assert len(rest) == 13
    assert all(pooled.k == 12 for pooled in rest.values())


TABLES = st.lists(
    st.tuples(st.integers(1, 30), st.integers(31, 90), st.integers(1, 30), st.integers(31, 90)), min_size=2, max_size=8
)  # fmt: skip


@given(TABLES, st.sampled_from(["fixed-mh", "fixed-iv", "dl", "pm", "reml"]))
def test_order_does_not_matter(tables: list[tuple[int, int, int, int]], model: Model) -> None:
    effects = [get_effect_of_counts(str(place), Counts(*table), "rr") for place, table in enumerate(tables)]
    shuffled = list(reversed(effects))
    one, other = pool_effects(effects, "rr", model), pool_effects(shuffled, "rr", model)
    assert one.estimate == pytest.approx(other.estimate)
    assert one.se == pytest.approx(other.se)
    assert sum(one.weights) == pytest.approx(100)
    assert min(effect.estimate for effect in effects) - 1e-9 <= one.estimate <= max(effect.estimate for effect in effects) + 1e-9


@given(TABLES)
def test_one_study_pools_to_itself(tables: list[tuple[int, int, int, int]]) -> None:
    effect = get_effect_of_counts("x", Counts(*tables[0]), "or")
    for model in ("fixed-mh", "fixed-iv", "dl", "pm", "reml"):
        pooled = pool_effects([effect], "or", model)
        assert pooled.estimate == pytest.approx(effect.estimate)
        assert pooled.se == pytest.approx(math.sqrt(effect.variance))
        assert (pooled.q, pooled.i2, pooled.p_heterogeneity) == (pytest.approx(0, abs=1e-12), 0.0, None)


@given(TABLES)
def test_swapping_the_arms_turns_the_sign(tables: list[tuple[int, int, int, int]]) -> None:
    there = [get_effect_of_counts(str(place), Counts(*table), "or") for place, table in enumerate(tables)]
    back = [get_effect_of_counts(str(place), Counts(c, m, a, n), "or") for place, (a, n, c, m) in enumerate(tables)]
    assert pool_effects(there, "or", "dl").estimate == pytest.approx(-pool_effects(back, "or", "dl").estimate)


def test_nothing_to_pool_and_hartung_knapp_for_one_are_refused() -> None:
    with pytest.raises(EffectError, match="no study to pool"):
        pool_effects([], "rr", "dl")
    with pytest.raises(EffectError, match="Hartung-Knapp"):
        pool_effects(parse_effects(BCG, "rr")[:1], "rr", "dl", hartung_knapp=True)
    with pytest.raises(EffectError, match="Mantel-Haenszel needs counts"):
        pool_effects([Effect("x", 0.1, 0.2)], "generic", "fixed-mh")


def test_mantel_haenszel_odds_ratio_and_risk_difference_of_one_table_are_its_own() -> None:
    """In a single stratum the Mantel-Haenszel estimates are ad/bc and the plain risk difference, with Woolf's and the plain variance."""
    table = Counts(12, 40, 5, 38)
    odds = pool_effects([get_effect_of_counts("x", table, "or")], "or", "fixed-mh")
    assert odds.estimate == pytest.approx(math.log(12 * 33 / (28 * 5)))
    assert odds.se == pytest.approx(math.sqrt(1 / 12 + 1 / 28 + 1 / 5 + 1 / 33))
    difference = pool_effects([get_effect_of_counts("x", table, "rd")], "rd", "fixed-mh")
    assert difference.estimate == pytest.approx(12 / 40 - 5 / 38)
    assert difference.se == pytest.approx(math.sqrt(12 * 28 / 40**3 + 5 * 33 / 38**3))


def test_mantel_haenszel_without_events_in_one_arm_is_refused() -> None:
    effects = [get_effect_of_counts("x", Counts(0, 10, 3, 10), "rr")]
    with pytest.raises(EffectError, match="nobody had the outcome"):
        pool_effects(effects, "rr", "fixed-mh")


def test_risk_difference_of_nothing_to_nothing_has_a_variance() -> None:
    effect = get_effect_of_counts("x", Counts(0, 10, 0, 12), "rd")
    assert effect.estimate == 0
    assert effect.variance > 0
    assert effect.note is not None


@pytest.mark.parametrize(("measure", "message"), [("md", "from counts"), ("smd", "from counts")])
def test_counts_give_no_mean_difference(measure: Measure, message: str) -> None:
    with pytest.raises(EffectError, match=message):
        get_effect_of_counts("x", Counts(1, 10, 2, 10), measure)


def test_means_give_no_ratio_and_need_spread_and_people() -> None:
    with pytest.raises(EffectError, match="from means"):
        get_effect_of_means("x", Means(1, 1, 10, 2, 1, 10), "rr")
    with pytest.raises(EffectError, match="both standard deviations are 0"):
        Means(1, 0, 10, 2, 0, 10)
    with pytest.raises(EffectError, match="at least two people"):
        Means(1, 1, 1, 2, 1, 10)


def test_leaving_out_needs_three_studies() -> None:
    assert leave_one_out(parse_effects(BCG, "rr")[:2], "rr", "dl") == {}


def test_studies_that_are_alike_have_no_heterogeneity() -> None:
    alike = [Effect(str(place), 0.5, 0.04) for place in range(4)]
    for model in ("dl", "pm", "reml"):
        pooled = pool_effects(alike, "generic", model)
        assert (pooled.tau2, pooled.i2, pooled.estimate) == (0, 0, 0.5)
