"""What counts as a difference between titles, names and journals, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.verify.fold import (
    SIMILAR,
    find_family,
    find_mark,
    fold,
    fold_title,
    is_beginning,
    is_same_container,
    is_same_name,
    measure_likeness,
    strip_tags,
)

TEXTS = st.text(max_size=60)


@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_a_title_is_like_itself_in_any_dress(title: str) -> None:
    assert measure_likeness(title, title) == 1
    assert measure_likeness(title, f"  {title}  ") == 1


@given(TEXTS, TEXTS)
def test_likeness_has_no_direction_and_its_bounds(left: str, right: str) -> None:
    likeness = measure_likeness(left, right)
    assert likeness == measure_likeness(right, left)
    assert 0 <= likeness <= 1
    assert (likeness == 1) == (fold_title(left).replace(" ", "") == fold_title(right).replace(" ", ""))


@given(TEXTS, TEXTS)
def test_names_and_journals_are_compared_without_direction(left: str, right: str) -> None:
    assert is_same_name(left, right) == is_same_name(right, left)
    assert is_same_container(left, right) == is_same_container(right, left)
    assert is_beginning(left, right) == is_beginning(right, left)


@given(
    st.lists(st.sampled_from(["Zarate", "de", "la", "Machado-Vieira", "Müller"]), min_size=1, max_size=3),
    st.text("ABCZ", min_size=1, max_size=3),
)
def test_initials_are_no_part_of_a_family_name(words: list[str], initials: str) -> None:
    family = " ".join(words)
    assert find_family(f"{family} {initials}") == find_family(f"{family} {initials} Jr") == family


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Effects of S-ketamine", "EFFECTS OF <i>S</i>\N{HYPHEN}KETAMINE."),
        ("Ketamine &amp; depression", "Ketamine & depression"),
        ("\N{GREEK SMALL LETTER ALPHA}-Amino acids", "&amp;#945;-amino acids"),
        ("\N{GREEK SMALL LETTER ALPHA}-Amino acids", "alpha-amino acids"),
        ("Étude à Łódź", "Etude a Lodz"),
        ("Exemplin in adults", "[Exemplin in adults]."),
        ("H2O and CO2", "H<sub>2</sub>O and CO<jats:sub>2</jats:sub>"),
        ("Exemplin: a trial", "RETRACTED ARTICLE: Exemplin—a trial"),
        ("the ﬁrst", "the first"),
    ],
)  # fmt: skip
def test_dress_makes_no_difference(left: str, right: str) -> None:
    assert measure_likeness(left, right) == 1


def test_words_that_matter_are_seen_even_when_the_titles_are_much_alike() -> None:
    likeness = measure_likeness(
        "Intranasal ketamine in treatment-resistant depression", "Intranasal esketamine in treatment-resistant depression"
    )
    assert SIMILAR <= likeness < 1
    assert measure_likeness("Ketamine in rats", "Psilocybin in people") < SIMILAR


def test_signs_of_comparison_are_no_tags() -> None:
    assert strip_tags("p<0.05 and n>3 in <b>rats</b>") == "p<0.05 and n>3 in rats"


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("RETRACTED: Exemplin", "RETRACTED"), ("[Retracted] : Exemplin", "Retracted"), ("WITHDRAWN: Exemplin", "WITHDRAWN"),
        ("Retracted articles: a survey", None), ("Exemplin", None),
    ],
)  # fmt: skip
def test_marks_of_publishers_are_found(title: str, mark: str | None) -> None:
    assert find_mark(title) == mark


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Zarate CA Jr", "Zarate"), ("Rush AJ 3rd", "Rush"), ("Li H", "Li"), ("Abdallah", "Abdallah"), ("Movahed Rad P", "Movahed Rad"), ("WHO", "WHO"),
        ("de Zwart PL", "de Zwart"), ("O SK", "O"), ("US Food and Drug Administration", "US Food and Drug Administration"), ("Choi K-Y", "Choi"),
    ],
)  # fmt: skip
def test_family_names_are_found(author: str, family: str) -> None:
    assert find_family(author) == family


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("Müller", "Mueller", True), ("Müller", "Muller", True), ("Åkeson", "Akeson", True), ("Sørensen", "Soerensen", True),
        ("Correia-Melo", "Correia Melo", True), ("DelBello", "Del Bello", True), ("van den Ameele", "Ameele", True), ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'Brien", True),
        ("Li", "Liu", False), ("Machado-Vieira", "Vieira", False), ("", "van", False), ("Smith", "Smyth", False),
    ],
)  # fmt: skip
def test_family_names_are_compared_by_what_matters(left: str, right: str, *, is_same: bool) -> None:
    assert is_same_name(left, right) == is_same


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("J Affect Disord", "Journal of Affective Disorders", True), ("Lancet Psychiatry", "The lancet. Psychiatry", True),
        ("JAMA Psychiatry", "JAMA psychiatry (Chicago, Ill.)", True), ("PNAS", "Proceedings of the National Academy of Sciences", True),
        ("The Journal of Neuroscience", "J Neurosci", True), ("The", "the", True), ("The", "Nature", False), ("Nature", "Science", False),
    ],
)  # fmt: skip
def test_journals_are_compared_loosely(left: str, right: str, *, is_same: bool) -> None:
    assert is_same_container(left, right) == is_same


def test_a_beginning_has_four_words_at_least() -> None:
    assert is_beginning("Exemplin in older adults", "Exemplin in older adults: a randomised trial")
    assert not is_beginning("Exemplin in adults", "Exemplin in adults: a randomised trial")
    assert not is_beginning("Exemplin in older adults", "Exemplin in younger adults: a trial")
