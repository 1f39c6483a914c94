"""Tables of studies: what is read, and what is said of rows that are wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from app.cli import main
from app.evidence.effect import EffectError, Measure
from app.evidence.pooling import pool_effects
from app.evidence.report import build_report
from app.evidence.table import TableError, parse_effects
from tests.evidence.test_pooling import BCG

COUNTS = "study,events_t,n_t,events_c,n_c\n"
MEANS = "study,mean_t,sd_t,n_t,mean_c,sd_c,n_c\n"

BROKEN = [
    ("", 1, "the file is empty"),
    (COUNTS, 2, "no study below the header"),
    ("study;events_t;n_t\na;1;2\n", 1, "separated by semicolons"),
    ("study,events_t,n_t,events_c\na,1,2,3\n", 1, "n_c is missing"),
    ("study,size\na,1\n", 1, "fit no kind of table"),
    ("study,estimate,se,colour\na,1,1,red\n", 1, "unknown column `colour`"),
    ("study,estimate,estimate,se\na,1,1,1\n", 1, "stands twice"),
    ("study,estimate\na,1\n", 1, "se (or ci_low and ci_high)"),
    (COUNTS + "a,9,8,1,8\n", 2, "events_t (9) is above n_t (8)"),
    (COUNTS + "a,-1,8,1,8\n", 2, "cannot be negative"),
    (COUNTS + "a,1,0,1,8\n", 2, "at least one person"),
    (COUNTS + "a,1.5,8,1,8\n", 2, "whole numbers"),
    (COUNTS + "a,one,8,1,8\n", 2, "no number"),
    (COUNTS + "a,,8,1,8\n", 2, "is empty"),
    (COUNTS + "a,nan,8,1,8\n", 2, "no number"),
    (COUNTS + "a,inf,8,1,8\n", 2, "no number"),
    (COUNTS + "a,1_0,80,1,8\n", 2, "no number"),
    (COUNTS + "a,\uff11,80,1,8\n", 2, "no number"),
    (COUNTS + 'a,"1,000",2000,1,8\n', 2, "a decimal point and no comma"),
    (COUNTS + "a,1e99,8,1,8\n", 2, "beyond 1e+09"),
    ("\ufeffstudy;events_t;n_t\na;1;2\n", 1, "separated by semicolons"),
    ("study,estimate,se\na,2,1e-99\n", 2, "outside 1e-09 to 1e+09"),
    ("study,estimate,se\na,2,30\n", 2, "cannot be the logarithm of a ratio"),
    ("study,estimate,ci_low,ci_high\na,2,,3\n", 2, "neither `se` nor both"),
    (COUNTS + "a,0,8,0,8\n", 2, "tells nothing about a ratio"),
    (COUNTS + "a,1,8,1\n", 2, "4 cells where the header has 5"),
    (COUNTS + ",1,8,1,8\n", 2, "has no name"),
    (COUNTS + "a,1,8,1,8\n\na,2,8,1,8\n", 4, "stands in line 2 already"),
    (MEANS + "a,1,-2,10,1,2,10\n", 2, "use md or smd"),
    ("study,estimate,ci_low,ci_high\na,2,3,4\n", 2, "does not contain"),
    ("study,estimate,ci_low,ci_high\na,2,3,1\n", 2, "swap them"),
    ("study,estimate,se\na,-2,1\n", 2, "not above 0"),
    ("study,estimate,se\na,2,0\n", 2, "must be above 0"),
    (COUNTS + 'a,"1,8,1,8\n', 2, "check quotes"),
]


@pytest.mark.parametrize(("text", "line", "message"), [row for row in BROKEN if "use md" not in row[2]])
def test_bad_tables_name_line_reason_and_remedy(text: str, line: int, message: str) -> None:
    with pytest.raises(TableError) as caught:
        parse_effects(text, "rr")
    assert caught.value.problems[0].line == line
    assert message in caught.value.problems[0].message


def test_negative_standard_deviation_is_named() -> None:
    with pytest.raises(TableError, match="cannot be negative"):
        parse_effects(MEANS + "a,1,-2,10,1,2,10\n", "md")


def test_deviation_that_nothing_can_have_is_refused() -> None:
    with pytest.raises(TableError, match="too small to be measured"):
        parse_effects(MEANS + "a,1,1e-99,10,1,2,10\n", "smd")


@given(st.lists(st.tuples(*[st.floats(-1e12, 1e12)] * 2), min_size=1, max_size=4), st.booleans(), st.sampled_from(["rr", "generic"]))
def test_whatever_a_table_says_no_answer_is_nan_or_infinite(rows: list[tuple[float, float]], log: bool, effect: Measure) -> None:  # noqa: FBT001
    table = "study,estimate,se\n" + "".join(f"s{at},{estimate!r},{se!r}\n" for at, (estimate, se) in enumerate(rows))
    try:
        effects = parse_effects(table, effect, log=log)
        pooled = pool_effects(effects, effect, "reml", hartung_knapp=len(effects) > 1)
        report = build_report(effects, pooled, effect, exponentiate=log or effect == "rr", hartung_knapp=False)
    except (TableError, EffectError):
        return
    json.dumps(report, allow_nan=False)


def test_all_bad_rows_come_in_one_run() -> None:
    with pytest.raises(TableError) as caught:
        parse_effects(COUNTS + "a,9,8,1,8\nb,1,8,1,8\nc,x,8,1,8\n", "rr")
    assert [problem.line for problem in caught.value.problems] == [2, 4]


def test_byte_order_mark_and_empty_lines_do_no_harm() -> None:
    assert len(parse_effects("\ufeff" + BCG + "\n\n", "rr")) == 13


def test_ratios_with_intervals_equal_their_logarithms() -> None:
    plain = parse_effects("study,estimate,ci_low,ci_high\na,0.49,0.29,0.84\n", "rr")[0]
    logged = parse_effects("study,estimate,ci_low,ci_high\na,-0.7133499,-1.2378744,-0.1743534\n", "rr", log=True)[0]
    assert plain.estimate == pytest.approx(logged.estimate, abs=1e-6)
    assert plain.variance == pytest.approx(logged.variance, abs=1e-6)


def test_pool_prints_json_with_ratios(tmp_path: Path) -> None:
    table = tmp_path / "bcg.csv"
    table.write_text(BCG)
    result = CliRunner().invoke(main, ["pool", str(table), "--effect", "rr", "--model", "dl", "--json"])
    answer = json.loads(result.stdout)
    assert [round(answer[key], 4) for key in ("estimate", "ci_low", "ci_high", "se", "tau2")] == [0.4896, 0.3449, 0.6950, 0.1787, 0.3088]
    assert (answer["k"], answer["n"], answer["effect"], answer["model"]) == (13, 357347, "rr", "dl")
    assert set(answer["studies"][0]) == {"study", "estimate", "ci_low", "ci_high", "weight"}


def test_one_study_is_pooled_to_itself_and_said_to_be_one(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(b"\xef\xbb\xbf" + COUNTS.encode() + b"a,5,10,2,10\r\n")
    result = CliRunner().invoke(main, ["pool", str(table), "--effect", "rr"])
    assert "1 study, 20 people" in result.stdout


def test_pool_prints_a_table_with_notes(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(COUNTS + "a,0,8,3,8\nb,1,20,4,20\nc,2,30,9,30\n")
    result = CliRunner().invoke(main, ["pool", str(table), "--effect", "or"])
    assert result.exit_code == 0
    assert "pooled" in result.stdout
    assert "a: 0.5 was added" in result.stdout
    assert "prediction interval" in result.stdout


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"study,events_t,n_t,events_c,n_c\na,9,8,1,8\n", ["--effect", "rr"], "t.csv:2: error: events_t (9)"),
        (b"study,events_t,n_t,events_c,n_c\n\xff,9,8,1,8\n", ["--effect", "rr"], "not UTF-8"),
        (b"study,estimate,se\na,1,1\n", ["--effect", "generic", "--hartung-knapp"], "Hartung-Knapp"),
        (b"study,estimate,se\na,1,1\n", ["--effect", "md", "--log"], "--log is for ratios"),
        (b"study,estimate,se\na,800,1\n", ["--effect", "rr", "--log"], "t.csv:2: error: the estimate 800"),
        (b"study,estimate,se\na,1,1\n", ["--effect", "generic", "--model", "fixed-mh"], "Mantel-Haenszel needs counts"),
        (COUNTS.encode() + b"a,0,8,0,8\nb,0,9,9,9\n", ["--effect", "rd", "--model", "fixed-mh"], "use fixed-iv, dl, pm or reml"),
        (b"study,estimate,se\na,1,1\nb,1,2\n", ["--effect", "md", "--hartung-knapp"], "leave --hartung-knapp out"),
    ],
)
def test_pool_says_what_is_wrong(tmp_path: Path, content: bytes, options: list[str], message: str) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes(content)
    result = CliRunner().invoke(main, ["pool", str(table), *options])
    assert result.exit_code == 1
    assert message in result.output
