"""Phrases: families, gaps and misspellings."""

import pytest

from app.search.phrases import Lexicon, Phrases

FAMILIES = {"want": ["want to", "wish to"], "leave": ["leave this world", "vanish"], "who": ["i", "my son"]}


def find(phrase: str, question: str) -> bool:
    """Whether a phrase stands in a question."""
    lexicon = Lexicon(FAMILIES, [phrase])
    return Phrases([lexicon.compile(phrase)]).find(lexicon.read(question))


@pytest.mark.parametrize(
    ("phrase", "question"),
    [
        ("{want} {leave}", "I really just want to VANISH!!!"),
        ("{want} .. {leave}", "wanting to all vanish"),
        ("{want} {leave}", "i wnat to vansih"),
        ("{want} {leave}", "iwanttovanish"),
        ("{want} {leave}", "i wanna leaaave this world"),
        ("can not go on", "I can't go on"),
        ("can not go on", "i cnat go on"),
        ("{who,want} ... vanish", "my son said he may vanish"),
        ("took ## tablets", "took 40 tablets"),
        ("go on $", "i cannot go on, really"),
        ("suicide note", "a su1cide note"),
    ],
)
def test_phrases_are_found_however_they_are_written(phrase: str, question: str) -> None:
    assert find(phrase, question)


@pytest.mark.parametrize(
    ("phrase", "question"),
    [
        ("{want} {leave}", "I want tea"),
        ("{want} .. {leave}", "i want to see all of them vanish"),
        ("{want} ... vanish", "What do I want to do? Vanish"),
        ("took ## tablets", "took 2 tablets"),
        ("go on $", "can i go on holiday"),
        ("{want} {leave}", "i want to finish"),
    ],
)
def test_other_words_are_not_taken_for_them(phrase: str, question: str) -> None:
    assert not find(phrase, question)


def test_an_unknown_family_is_named() -> None:
    with pytest.raises(KeyError, match="nobody"):
        Lexicon(FAMILIES, []).compile("{nobody} cares")
