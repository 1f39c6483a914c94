import pytest

from app.content.reader import parse_yaml


def read(text: str) -> object:
    document, problems = parse_yaml(text, "x.yaml")
    assert document is not None
    assert not problems
    return document.data


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("+1", "+1"),
        ("2026-11-23", "2026-11-23"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("NULL", "NULL"),
        ("null", None),
        ("~", None),
        ("true", True),
        ("'true'", "true"),
        ('"12"', "12"),
        ("12", 12),
        ("-0", 0),
        ("0.5", 0.5),
        ("1e3", 1000.0),
    ],
)
def test_scalars_stay_what_the_author_typed(written: str, value: object) -> None:
    assert read(f"key: {written}") == {"key": value}


def test_block_text_is_text_even_when_it_looks_like_a_number() -> None:
    assert read("key: >-\n  12\n") == {"key": "12"}


def test_doubled_key_names_both_lines() -> None:
    _, problems = parse_yaml("a: 1\nb: 2\na: 3\n", "x.yaml")
    (problem,) = problems
    assert (problem.line, problem.path) == (3, "a")
    assert "first in line 1" in problem.message


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "a: &x [*x]\n"])
def test_alias_is_refused_also_when_it_holds_itself(text: str) -> None:
    _, problems = parse_yaml(text, "x.yaml")
    assert "alias" in problems[0].message


def test_unknown_tag_and_odd_key_are_refused() -> None:
    _, problems = parse_yaml("a: !thing 1\n[b]: 2\n", "x.yaml")
    assert ["tag" in problems[0].message, "key is not plain text" in problems[1].message] == [True, True]


@pytest.mark.parametrize(("text", "line"), [("a: [1\nb: 2\n", 2), ("a: b: c\n", 1), ("a: 1\n\tb: 2\n", 2), ("a: \x07\n", 1), ("", 1)])
def test_broken_yaml_names_the_line(text: str, line: int) -> None:
    document, (problem,) = parse_yaml(text, "x.yaml")
    assert document is None
    assert problem.file == "x.yaml"
    assert problem.line == line
    assert problem.remedy


def test_lines_are_found_by_path_or_nearest_parent() -> None:
    document, _ = parse_yaml("a:\n  b:\n    - c: 1\n    - d: 2\n", "x.yaml")
    assert document is not None
    assert document.find_line(("a", "b", 1, "d")) == 4
    assert document.find_line(("a", "b", 7, "missing")) == 2
    assert document.find_line(("nothing",)) == 1
