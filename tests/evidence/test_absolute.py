"""Relative effects in people."""

import math

import pytest

from app.evidence.absolute import find_absolute
from app.evidence.effect import Counts, Measure, get_effect_of_counts
from app.evidence.pooling import Pooled, pool_effects

TABLES = [Counts(20, 100, 30, 100), Counts(10, 50, 20, 50)]


def pool(tables: list[Counts], measure: Measure) -> Pooled:
    """The tables, pooled."""
    return pool_effects([get_effect_of_counts(str(at), table, measure) for at, table in enumerate(tables)], measure, "fixed-iv")


@pytest.mark.parametrize("measure", ["rr", "or", "rd"])
def test_each_measure_gives_the_risk_that_it_means(measure: Measure) -> None:
    pooled = pool(TABLES, measure)
    found = find_absolute(TABLES, measure, pooled)
    assert found is not None
    base, risk = found.comparator_risk / 100, found.treated_risk[0] / 100
    assert base == pytest.approx(0.35)
    back = {"rr": math.log(risk / base), "or": math.log(risk / (1 - risk) * (1 - base) / base), "rd": risk - base}[measure]
    assert back == pytest.approx(pooled.estimate)
    assert found.needed == pytest.approx(1 / (risk - base))


def test_fewer_events_make_a_negative_number_with_fewer_people_first() -> None:
    """The example of Altman 1998: a difference is turned over with its interval."""
    found = find_absolute(TABLES, "rd", pool(TABLES, "rd"))
    assert found is not None
    assert found.needed_ends is not None
    low, high = found.difference[1] / 100, found.difference[2] / 100
    assert found.needed_ends == (pytest.approx(1 / low), pytest.approx(1 / high))
    assert -100 / found.difference[0] > 0


def test_interval_that_contains_no_difference_has_no_ends() -> None:
    tables = [Counts(3, 10, 2, 10)]
    found = find_absolute(tables, "rr", pool(tables, "rr"))
    assert found is not None
    assert (found.needed_ends, round(found.needed or 0)) == (None, 10)


def test_no_difference_needs_no_number() -> None:
    tables = [Counts(3, 10, 3, 10)]
    found = find_absolute(tables, "rr", pool(tables, "rr"))
    assert found is not None
    assert found.needed is None


def test_risks_end_at_everybody() -> None:
    tables = [Counts(9, 10, 2, 10), Counts(19, 20, 18, 20)]
    found = find_absolute(tables, "rr", pool([Counts(9, 10, 2, 10)], "rr"))
    assert found is not None
    assert found.treated_risk[2] == 100


def test_ready_estimates_have_no_absolute_effect() -> None:
    assert find_absolute([None, TABLES[0]], "rr", pool(TABLES, "rr")) is None
    assert find_absolute(TABLES, "smd", pool(TABLES, "rr")) is None
