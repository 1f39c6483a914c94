import pytest

from app.content.checks.reading import compute_reading_grade, count_syllables


@pytest.mark.parametrize(
    ("word", "syllables"),
    [("cat", 1), ("depression", 3), ("anaesthetic", 4), ("ketamine", 3), ("don't", 1), ("don\u2019t", 1), ("2026", 1), ("hour", 1)],
)
def test_syllables_are_those_that_are_spoken(word: str, syllables: int) -> None:
    assert count_syllables(word) == syllables


def test_grade_follows_the_published_formula() -> None:
    # Kincaid et al. 1975: 0.39 x (words / sentences) + 11.8 x (syllables / words) - 15.59; here 6 words, 6 syllables, 1 sentence.
    assert compute_reading_grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)


def test_longer_sentences_and_words_are_harder() -> None:
    easy = "We took a walk. It was cold."
    hard = "Notwithstanding meteorological circumstances, perambulation was undertaken."
    assert compute_reading_grade(easy) < 1
    assert compute_reading_grade(hard) > 12


def test_decimal_point_ends_no_sentence() -> None:
    assert compute_reading_grade("The dose is 0.5 units a day.") == compute_reading_grade("The dose is 5 units a day.")


def test_text_without_words_has_grade_0() -> None:
    assert compute_reading_grade("...") == 0.0
