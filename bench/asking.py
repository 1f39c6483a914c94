"""How long `/v1/answers` takes over HTTP with one core, for questions that nobody asked before.

    .venv/bin/python -m bench.asking                  # of the current release; the server runs on core 0, this program on core 1
    .venv/bin/python -m bench.asking --no-model       # by words alone

Each question is asked once, on a connection of its own, so that no finished answer is found."""

import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from bench.answers import read_cases
from bench.running import ask, serving
from bench.start import SETTLED_SECONDS

SETS = {
    "development set": "[an][no][st]*",
    "answerable": "*answerable",
    "for notices": "*notices",
    "two things in one breath": "mixed/*",
}
"""Patterns of files with questions."""
MOST = 1000
"""Questions of a set that are asked, in no order."""
WARM_UP = 30
MOST_MEDIAN, MOST_P99 = 10.0, 30.0
"""Milliseconds that the answers of the first three may take."""
FREE = frozenset({"two things in one breath"})
"""Sets without a bound."""


def main() -> None:
    """Print a line for each set; end with 1 when a bound is missed, with 2 where there is one core only."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-model", action="store_true", help="search by words alone")
    option = "--no-model" if parser.parse_args().no_model else "--model"
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        print("needs two cores: one for the server, one to ask from")
        sys.exit(2)
    missed: list[str] = []
    with TemporaryDirectory() as folder:
        os.sched_setaffinity(0, cores[:1])  # the server takes it over
        with serving(Path(folder) / "serve.log", "--no-build", "--no-access-log", option) as (port, _):
            os.sched_setaffinity(0, cores[1:2])
            print("| questions | median, ms | 99th of 100, ms |\n|---|---|---|")
            time.sleep(SETTLED_SECONDS)
            for number in range(WARM_UP):
                measure(port, f"how fast does ketamine work {number}")
            asked: set[str] = set()
            for name, pattern in SETS.items():
                questions = {case.question for case in read_cases(pattern) if any(letter.isalnum() for letter in case.question)}
                fresh = sorted(questions - asked)
                chosen = random.Random(0).sample(fresh, min(MOST, len(fresh)))
                asked |= set(chosen)
                times = [measure(port, question) for question in chosen]
                median, worst = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
                print(f"| {len(times)} {name} | {median:.1f} | {worst:.1f} |", flush=True)
                missed += [name] if name not in FREE and (median > MOST_MEDIAN or worst > MOST_P99) else []
    print(f"missed: {', '.join(missed) or 'nothing'}")
    sys.exit(1 if missed else 0)


def measure(port: int, question: str) -> float:
    """Milliseconds until the whole answer is there."""
    start = time.perf_counter()
    status, _, _ = ask(port, f"/v1/answers?{urlencode({'q': question})}", 60)
    took = 1000 * (time.perf_counter() - start)
    assert status == 200, (status, question)
    return took


if __name__ == "__main__":
    main()
