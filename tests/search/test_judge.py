"""Sentences are told apart by likeness to examples in meaning, and by their words."""

import math
import zlib

import numpy as np
import pytest

from app.search.grams import BUCKETS, Grams, find_grams, measure, weigh_grams
from app.search.judge import Judge, chance
from app.search.kernel import PENALTY, SHARPNESS, WORDS, compare, fit
from app.search.nearness import round_rows

DARK = ["i want to die tonight", "he wants to die", "wanting to die again", "i will die by my own hand"]
HARMLESS = ["what a lovely morning", "the boss fight in this game", "how does the drip work", "who won the match"]


def _around(*centres: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Five vectors of length one near each of some axes."""
    random = np.random.default_rng(1)
    vectors = np.repeat(np.eye(384, dtype=np.float32)[list(centres)], 5, axis=0) + random.normal(0, 0.02, (5 * len(centres), 384))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def _read(texts: list[str]) -> tuple[Grams, np.ndarray[tuple[int], np.dtype[np.float32]]]:
    found = [find_grams(text) for text in texts]
    rarity = weigh_grams(found)
    return Grams(found, rarity), rarity


def test_likeness_to_examples_tells_islands_that_no_straight_cut_can() -> None:
    vectors = _around(0, 1, 2, 3)
    labels = np.repeat([True, False, True, False], 5)
    grams, rarity = _read(["one and the same"] * len(vectors))
    model = fit(compare(vectors, vectors), grams, labels, np.ones(len(labels))).astype(np.float32)
    judge = Judge(round_rows(vectors), rarity, {"sign": model})
    chances = [chance(judge.find(find_grams("one and the same"), vector)["sign"]) for vector in _around(0, 1, 2, 3)[::5]]
    assert [value > 0.5 for value in chances] == [True, False, True, False]


def test_words_alone_tell_sentences_apart_and_misspelt_ones_too() -> None:
    texts = [*DARK, *HARMLESS]
    grams, rarity = _read(texts)
    labels = np.arange(len(texts)) < len(DARK)
    judge = Judge(None, rarity, {"dark": fit(None, grams, labels, np.ones(len(texts))).astype(np.float32)})
    said = {text: chance(judge.find(find_grams(text))["dark"]) for text in (*texts, "wantng to die", "the boss fight")}
    assert [said[text] > 0.5 for text in texts] == labels.tolist()
    assert said["wantng to die"] > 0.5 > said["the boss fight"]


def test_a_fit_is_where_the_penalised_likelihood_is_largest() -> None:
    """Its gradient, worked out with whole matrices, is nothing there (Hastie, Tibshirani and Friedman 2009, equation 4.21 with a ridge)."""
    texts, vectors = [*DARK, *HARMLESS], _around(0, 1)[:8]
    grams, rarity = _read(texts)
    labels, weights = np.arange(8) % 3 == 0, np.linspace(0.5, 2, 8)
    model = fit(compare(vectors, vectors), grams, labels, weights)
    near = np.exp(SHARPNESS * (vectors.astype(np.float64) @ vectors.T.astype(np.float64) - 1))
    words = np.zeros((8, BUCKETS))
    for row, text in zip(words, texts, strict=True):
        row[find_grams(text)] = measure(find_grams(text), rarity)
    scores = near @ model[:8] + words @ model[8:-1] + model[-1]
    missed = weights * (labels - 1 / (1 + np.exp(-scores)))
    ridge = PENALTY * weights.sum()
    assert np.abs(near @ missed - ridge * near @ model[:8]).max() < 0.01
    assert np.abs(words.T @ missed - ridge * model[8:-1] / WORDS).max() < 0.01
    assert abs(missed.sum()) < 0.01


def test_rare_words_weigh_more_and_those_of_a_single_text_nothing() -> None:
    """Inverse document frequency: the logarithm of (texts + 1) / (texts with it + 1)."""
    rarity = weigh_grams([find_grams(text) for text in ("die hard", "die soon", "hard cash", "die hard again")])

    def weigh(word: str) -> float:
        return float(rarity[zlib.crc32(f"word {word}".encode()) % BUCKETS])

    assert weigh("die") == pytest.approx(math.log(5 / 4))
    assert weigh("hard") == pytest.approx(math.log(5 / 4))
    assert weigh("soon") == 0


def test_a_text_has_length_one_and_a_strange_one_none() -> None:
    rarity = weigh_grams([find_grams(text) for text in DARK])
    share = measure(find_grams("they want to die"), rarity)
    assert float(share @ share) == pytest.approx(1)
    assert not measure(find_grams("zzz qqq"), rarity).any()
    assert not measure(find_grams(""), rarity).any()


def test_texts_without_words_and_endless_ones_are_read_in_no_time() -> None:
    assert len(find_grams("")) == len(find_grams("🖤 ?!")) == 1, "only the pair of beginning and end"
    assert np.array_equal(find_grams("die " * 100_000), find_grams("die " * 1000))


def test_models_of_no_texts_are_empty() -> None:
    grams, rarity = _read([])
    assert not grams.multiply(np.ones(BUCKETS)).size
    assert not rarity.any()
