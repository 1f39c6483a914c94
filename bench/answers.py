"""How good are the answers? Prints the table of the README; `--fit` chooses the weights in `app/search/calibration.json` anew.

    .venv/bin/python -m bench.answers            # figures of the test half, side by side: words, model, both
    .venv/bin/python -m bench.answers --fit      # fits on the tune half first
    .venv/bin/python -m bench.answers --asks     # asks the catalogue's own questions back
    .venv/bin/python -m bench.answers --files 'second-*' --half all     # the questions of some files, both halves
    .venv/bin/python -m bench.answers --files 'mixed/*'                 # messages that say two things in one breath
    .venv/bin/python -m bench.answers --files 'misleading/*'            # single lines, half of them written to mislead

Questions are in `tests/data/questions`: `*answerable.jsonl` with the facts that answer them, `*notices.jsonl` with the call of each. Each
question belongs to the tune or the test half by its SHA-256. Weights are fitted on the tune half alone, and never on the files `ninth-*`,
`tenth-*`, `twelfth-*`, `thirteenth-*`, `fourteenth-*`, `fifteenth-*` and those in `mixed` and `misleading`, all of which belong to the test
half. The files `second-*` were written without sight of the catalogue, by imagination of who would ask; `docs/decisions/0007-search.md`
says how they came about."""

import argparse
import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.schemas.v1.fact import FactDetail
from app.search.answerer import FIRST, Searcher
from app.search.asks import ask_back
from app.search.candidates import Hit, Scope, is_beyond
from app.search.candidates import describe as describe_hit
from app.search.rank import SIGNALS, Signals
from app.search.reading import Reading
from app.settings import Settings

ROOT = Path(__file__).parent.parent
QUESTIONS = ROOT / "tests" / "data" / "questions"
CALIBRATION = ROOT / "app" / "search" / "calibration.json"

LIKE = {"lookalike": "crisis", "not-emergency": "emergency", "general": "personal-advice"}
"""Kinds of harmless lines, with the notice that they sound like."""
HELD_BACK = ("ninth-", "tenth-", "twelfth-", "thirteenth-", "fourteenth-", "fifteenth-", "mixed/", "misleading/")
"""Beginnings of the names of files that no weights are fitted to."""
MOST_REFUSED = {"model": 0.008, "words": 0.02}
"""Share of the answerable questions that the threshold may refuse. Questions that nobody has seen are refused more often."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question with the facts that answer it; none when nothing does."""

    question: str
    expect: frozenset[str]
    kind: str
    held_back: bool


@dataclass(frozen=True)
class Measured:
    """A question as the searcher reads it."""

    case: Case
    reading: Reading
    signals: Signals
    right: NDArray[np.bool_]
    """For each statement, whether it answers the question."""


def main() -> None:
    """Read the questions, fit when asked to, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", action="store_true", help="choose the weights anew")
    parser.add_argument("--asks", action="store_true", help="ask every question of the catalogue back: is its own statement first?")
    parser.add_argument("--wrong", action="store_true", help="print the questions that go wrong")
    parser.add_argument("--files", default="*", metavar="PATTERN", help="only questions of files whose names fit, such as 'second-*'")
    parser.add_argument("--half", choices=("test", "tune", "all"), default="test", help="which half to score")
    given = parser.parse_args()
    store = ReleaseStore(ReleaseFolder(Settings().releases).get_current())
    cases = [*read_cases(given.files)]
    if given.asks:
        asked = ask_back(Searcher(store))
        print(
            f"{asked.count} questions: {_percent(asked.first, asked.count)} first, {_percent(asked.within_three, asked.count)} within three"
        )
        return
    if given.fit:
        fit(store, [case for case in cases if is_tune(case)])
    asked = [case for case in cases if given.half in {"all", "tune" if is_tune(case) else "test"}]
    table = {
        name: score(Searcher(store, with_model=name == "words and model"), asked, wrong=given.wrong)
        for name in ("words", "words and model")
    }
    rows = list(next(iter(table.values())))
    print(f"| {len(asked)} questions, {given.half} | " + " | ".join(table) + " |")
    print("|---|" + "---|" * len(table))
    for row in rows:
        print(f"| {row} | " + " | ".join(figures[row] for figures in table.values()) + " |")


def read_cases(pattern: str = "*") -> Iterable[Case]:
    """The questions of all files, or of those whose names fit a pattern."""
    for path in sorted(QUESTIONS.glob(f"{pattern}.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            data = json.loads(line)
            held_back = path.relative_to(QUESTIONS).as_posix().startswith(HELD_BACK)
            yield Case(data["question"], frozenset(data.get("expect", ())), data.get("kind", "answerable"), held_back)


def is_tune(case: Case) -> bool:
    """Which half a question belongs to."""
    return not case.held_back and hashlib.sha256(case.question.encode()).digest()[0] % 2 == 0


def get_notice(case: Case) -> str | None:
    """The notice that a line calls for, or only sounds like; None for questions of other kinds."""
    notice = LIKE.get(case.kind, case.kind)
    return notice if notice in LIKE.values() else None


def measure(searcher: Searcher, cases: Iterable[Case], ids: list[str]) -> list[Measured]:
    """Readings and signals of questions."""
    found: list[Measured] = []
    for case in cases:
        reading = searcher.ranker.read(case.question)
        right = np.array([name in case.expect for name in ids], dtype=np.bool_)
        found.append(Measured(case, reading, searcher.ranker.measure(reading), right))
    return found


def fit(store: ReleaseStore, cases: list[Case]) -> None:
    """Fit ranking weights, then the chance of an answer, then the threshold, with the model and by words alone."""
    calibration = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    for name, with_model in (("model", True), ("words", False)):
        searcher = Searcher(store, with_model=with_model)
        facts = store.read_facts([int(position) for position in searcher.ranker.positions])
        ids = [fact.id for fact in facts]
        measured = measure(searcher, [case for case in cases if case.kind in {"answerable", "out-of-scope"}], ids)
        rank = fit_rank([item for item in measured if item.right.any()], np.array(calibration[name]["rank"]), with_model=with_model)
        calibration[name]["rank"] = [round(float(value), 4) for value in rank]
        rows, labels = describe(searcher.scope, measured, facts, rank)
        answer = fit_answer(rows[:, 0], labels)
        calibration[name]["answer"] = [round(float(value), 4) for value in answer]
        chances = (1 / (1 + np.exp(-(rows @ answer)))).max(axis=1)
        calibration[name]["threshold"] = round(choose_threshold(chances, labels, MOST_REFUSED[name]), 3)
    CALIBRATION.write_text(json.dumps(calibration, indent=1) + "\n", encoding="utf-8")


def fit_rank(measured: list[Measured], start: Floats, *, with_model: bool) -> Floats:
    """Weights under which right statements come before the others (softmax regression, ridge towards the weights so far)."""
    weights = start * 20
    prior = weights.copy()
    usable = (
        np.ones(len(SIGNALS))
        if with_model
        else np.array([float("meaning" not in name and name not in {"asked", "part"}) for name in SIGNALS])
    )
    for _ in range(300):
        gradient = -0.004 * (weights - prior)
        for item in measured:
            scores = item.signals @ weights
            p = np.exp(scores - scores.max())
            p /= p.sum()
            good = np.where(item.right, p, 0)
            good /= good.sum() + 1e-12
            gradient = gradient + ((good - p) @ item.signals) / len(measured)
        weights = weights + 3.0 * gradient * usable
    return weights * usable / 20


def describe(scope: Scope, measured: list[Measured], facts: list[FactDetail], rank: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """What the chance of an answer rests on, for the first statements of each question, and whether the question is covered."""
    rows: list[list[tuple[float, ...]]] = []
    for item in measured:
        scores = item.signals @ rank
        names, foreign = scope.find(item.reading.text), scope.judge(item.reading)
        hits = [Hit(int(place), round(min(1.0, float(scores[place])), 4)) for place in np.argsort(-scores)[:FIRST]]
        rows.append([
            (*describe_hit(item.reading, item.signals[hit.index], hit, beyond=is_beyond(names, facts[hit.index]), foreign=foreign), 1.0)
            for hit in hits
        ])  # fmt: skip
    return np.array(rows), np.array([bool(item.case.expect) for item in measured])


def fit_answer(rows: Floats, labels: NDArray[np.bool_]) -> Floats:
    """Penalised logistic regression by Newton's method; covered and uncovered questions weigh the same."""
    share = float(np.mean(labels))
    weights = np.where(labels, 0.5 / share, 0.5 / (1 - share))
    size = int(rows.shape[1])
    beta = np.zeros(size)
    penalty = np.full(size, 0.5)
    penalty[-1] = 0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(rows @ beta)))
        gradient = rows.T @ (weights * (labels - p)) - penalty * beta
        curvature = (rows * (weights * p * (1 - p))[:, None]).T @ rows + np.diag(penalty) + 1e-9 * np.eye(size)
        step = np.linalg.solve(curvature, gradient)
        beta += step
    return beta


def choose_threshold(chances: Floats, covered: NDArray[np.bool_], most: float) -> float:
    """The highest threshold at which at most so many answerable questions are refused: what passes wrongly is the graver mistake. Of those
    that refuse the same ones the middle, so that it hangs on no single question."""
    refused = {float(at): int((chances[covered] < at).sum()) for at in np.linspace(0.02, 0.98, 97)}
    highest = max(at for at, count in refused.items() if count <= most * int(covered.sum()))
    return (min(at for at, count in refused.items() if count == refused[highest]) + highest) / 2


def score(searcher: Searcher, cases: list[Case], *, wrong: bool) -> dict[str, str]:
    """The figures of some questions."""
    first = third = refused = 0
    passed: dict[str, list[bool]] = {}
    called: dict[str, list[bool]] = {}
    times: list[float] = []
    for case in cases:
        start = time.perf_counter()
        answer = searcher.answer(case.question, filters={}, limit=3)
        times.append(1000 * (time.perf_counter() - start))
        ids = [fact.id for fact in answer.facts]
        kinds = {notice.kind for notice in answer.notices}
        if case.kind == "answerable":
            hit = ids[:1] and ids[0] in case.expect
            first += bool(hit)
            third += any(name in case.expect for name in ids)
            refused += not ids
            if wrong and not hit:
                print("answerable:", case.question, "->", ids[:1], "wanted", sorted(case.expect)[:2])
        elif case.kind == "out-of-scope":
            passed.setdefault("refused", []).append(not ids)
            if wrong and ids:
                print("answered out of scope:", case.question, "->", ids[:1])
        notice = get_notice(case)
        if notice is not None:
            called.setdefault(case.kind, []).append(notice in kinds)
            if wrong and (notice in kinds) is not (case.kind == notice):
                print("notice:", case.kind, case.question)
        if case.kind == "answerable":
            called.setdefault("crisis on an answerable question", []).append("crisis" in kinds)
    answerable = sum(case.kind == "answerable" for case in cases)
    times.sort()
    return {
        "first fact right": _percent(first, answerable),
        "right within three": _percent(third, answerable),
        "answerable but refused": _percent(refused, answerable),
        "out of scope refused": _share(passed.get("refused", [])),
        "crisis found": _share(called.get("crisis", [])),
        "lookalikes taken for a crisis": _share(called.get("lookalike", [])),
        "answerable taken for a crisis": _share(called.get("crisis on an answerable question", [])),
        "emergency found": _share(called.get("emergency", [])),
        "harmless taken for an emergency": _share(called.get("not-emergency", [])),
        "wish for advice found": _share(called.get("personal-advice", [])),
        "general taken for a wish for advice": _share(called.get("general", [])),
        "milliseconds, median and 99th of 100": f"{times[len(times) // 2]:.1f}, {times[int(len(times) * 0.99)]:.1f}",
    }


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} % of {whole}"


def _share(values: list[bool]) -> str:
    return _percent(sum(values), len(values))


if __name__ == "__main__":
    main()
