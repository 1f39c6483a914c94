"""Numbers found in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evidence.numbers import Names, find_numbers


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Response was seen in 52.2 % of 368 people in nine trials.", [(52.2, "percent"), (368, "plain"), (9, "plain")]),
        ("On the dummy drip it was 1 to 18 in 100.", [(1, "percent"), (18, "percent")]),
        ("About two thirds got better, one in four did not.", [(66.667, "percent"), (25, "percent")]),
        ("Half of them, about 7 to 8 in 10, slept.", [(50, "percent"), (70, "percent"), (80, "percent")]),
        ("The half-life is 2.5 to 3 hours.", [(2.5, "time"), (3, "time")]),
        ("Hedges' g \u22121.00 (95 % CI \u22121.28 to \u22120.73; p < 0.001)", [(-1, "plain"), (-1.28, "plain"), (-0.73, "plain"), (0.001, "p")]),
        ("PHQ-9, 5-HT2A, CYP3A4, phase 3, the phase 2b trial, [11C]raclopride, R-107 and HDRS-17", []),
        ("blood pressure of 140/90 or more in 10\u201320 % of 1,240 people aged 18-64", [(140, "plain"), (90, "plain"), (10, "percent"), (20, "percent"), (1240, "plain"), (18, "plain"), (64, "plain")]),
        ("on day 28, in weeks 5 to 8 and over 40-minute drips", [(672, "time"), (840, "time"), (1344, "time"), (0.6667, "time")]),
        ("0.25 or 0.5 mg/kg in 2019", [(0.25, "dose"), (0.5, "dose"), (2019, "year")]),
        ("64 % against 28 % of the two groups", [(64, "percent"), (28, "percent")]),
        ("a third of people and three quarters of the rest", [(33.333, "percent"), (75, "percent")]),
        ("two in 1,000 people", [(0.2, "percent")]),
        ("12 of 47 people", [(12, "plain"), (47, "plain")]),
        ("one person and one trial", []),
        ("twice as many, a threefold rise, 10-fold, doubled", [(2, "plain"), (3, "plain"), (10, "plain"), (2, "plain")]),
        ("twice weekly, double-blind, once", []),
        ("13 more in 100, 2 fewer people in 100", [(13, "percent"), (2, "percent")]),
        ("the risk halved, scores at least halved", [(50, "percent"), (50, "percent")]),
        ("two hundred and fifty people, a hundred, forty-five, a dozen", [(250, "plain"), (100, "plain"), (45, "plain"), (12, "plain")]),
        ("over 8 million people, one thousand two", [(8_000_000, "plain"), (1002, "plain")]),
        ("one person in ten, every third person, every second patient", [(10, "percent"), (33.333, "percent"), (50, "percent")]),
        ("for half an hour, two and a half hours, a day and a half, a half-hour", [(0.5, "time"), (2.5, "time"), (36, "time"), (0.5, "time")]),
        ("1\u00bd hours and \u00bc mg", [(1.5, "time"), (0.25, "dose")]),
        ("none of 33, one of 33, zero; one of 2022 and one of the two", [(0, "plain"), (33, "plain"), (1, "plain"), (33, "plain"), (0, "plain"), (2022, "year")]),
        ("1\u00a0000 people, \u20133 points, CI 95 %", [(1000, "plain"), (-3, "plain")]),
    ],
)  # fmt: skip
def test_every_number_is_found(sentence: str, expected: list[tuple[float, str]]) -> None:
    assert [(number.value, number.kind) for number in find_numbers(sentence)] == [
        (pytest.approx(value, abs=1e-3), kind) for value, kind in expected
    ]


def test_names_with_digits_count_nothing() -> None:
    assert not find_numbers("KARMA-Dep 2 and SUSTAIN-1 differ.", Names(["KARMA-Dep 2", "SUSTAIN-1"]))
    assert [number.value for number in find_numbers("KARMA-Dep 2 differs.")] == [2]


@pytest.mark.parametrize(
    ("sentence", "data", "fits"),
    [
        ("52 %", (52.2, "percent"), True),
        ("52 %", (52.6, "percent"), False),
        ("52.0 %", (52.2, "percent"), False),
        ("52 %", (52, "plain"), False),
        ("52", (52, "percent"), False),
        ("52 percentage points", (52, "percent"), True),
        ("24", (24, "time"), False),
        ("p = 0.02", (0.02, "p"), True),
        ("p = 0.02", (0.02, "plain"), False),
        ("0.02", (0.02, "p"), False),
        ("SD 8.3", (8.3, "spread"), True),
        ("SD 8.3", (8.3, "plain"), False),
        ("8.3", (8.3, "spread"), False),
        ("4 points", (-4.0, "plain"), True),
        ("\u22124 points", (4.0, "plain"), False),
        ("about 50 people", (52, "plain"), True),
        ("50 people", (52, "plain"), False),
        ("two thirds", (63, "percent"), True),
        ("two thirds", (60, "percent"), False),
        ("one in four", (24, "percent"), True),
        ("one in four", (31, "percent"), False),
        ("24 in 100", (24.4, "percent"), True),
        ("24 hours", (24, "time"), True),
        ("1 day", (24, "time"), True),
        ("24 hours", (24, "plain"), False),
        ("0.5 mg/kg", (0.5, "dose"), True),
        ("0.5 mg/kg", (0.5, "any"), True),
    ],
)
def test_a_number_fits_what_it_may_have_been_rounded_from(sentence: str, data: tuple[float, str], fits: bool) -> None:  # noqa: FBT001
    (number,) = find_numbers(sentence)
    assert number.fits(*data) is fits  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("sentence", "unit", "fits"),
    [
        ("0.5 mg/kg", "mg/kg", True),
        ("0.5 mg/kg", "mg", False),
        ("5 micrograms", "ug", True),
        ("5 \u00b5g", "ug", True),
        ("5 ml", "mL", True),
        ("100 or 250 ng/mL", "ng/mL", True),
        ("79 L/h", "L/h", True),
        ("79 L", "L/h", False),
        ("5 mg", None, True),
    ],
)
def test_an_amount_fits_only_one_in_its_unit(sentence: str, unit: str | None, fits: bool) -> None:  # noqa: FBT001
    number = find_numbers(sentence)[0]
    assert number.fits(number.value, "dose", unit) is fits


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    numbers = find_numbers(text)
    assert [number.start for number in numbers] == sorted(number.start for number in numbers)


@given(st.integers(0, 99_999), st.integers(0, 3))
def test_written_numbers_are_read_back(value: int, decimals: int) -> None:
    (number,) = find_numbers(f"It was {value / 10**decimals:,.{decimals}f} points.")
    assert number.fits(value / 10**decimals, "plain")
