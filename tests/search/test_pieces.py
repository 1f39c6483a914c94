"""Parts of a question that may say something by themselves."""

import itertools

import pytest

from app.search.pieces import LONG, RUN, find_pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("how fast does ketamine work", []),
        ("How fast does it work? I want to die.", ["How fast does it work?", "I want to die."]),
        ("better off without me, is it safe", ["better off without me", "is it safe"]),
        ("no more\nwhat does it cost", ["no more", "what does it cost"]),
        ("It helps (in some people) for a week", ["It helps", "in some people", "for a week"]),
        ("Wait, what is ECT? ok", ["Wait, what is ECT?", "what is ECT?"]),
        ("a dose of 0.5 mg/kg e.g. over 40 min", ["a dose of 0.5 mg/kg e.g.", "over 40 min"]),
        ("for my sister--she wants to die--what helps", ["for my sister", "she wants to die", "what helps"]),
        ("for my sister\u2014she wants to die", ["for my sister", "she wants to die"]),
        ("a well-known long-term effect", []),
        ("", []),
        ("?!", []),
    ],
)
def test_sentences_and_clauses_of_at_least_two_words(text: str, pieces: list[str]) -> None:
    assert find_pieces(text) == pieces


def test_a_long_text_without_marks_is_looked_at_in_runs_that_overlap() -> None:
    words = [f"w{number}" for number in range(2 * LONG + 3)]
    pieces = [piece.split() for piece in find_pieces(" ".join(words))]
    assert all(len(piece) <= RUN for piece in pieces)
    assert {word for piece in pieces for word in piece} == set(words)
    pairs = set(itertools.pairwise(words))
    assert pairs <= {pair for piece in pieces for pair in itertools.pairwise(piece)}, "no two neighbours are torn apart everywhere"
