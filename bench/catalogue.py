"""A large synthetic catalogue: does it build in flat memory, open at once, and serve as fast as the small one?

.venv/bin/python -m bench.catalogue write 10000 /tmp/large      # content with so many copies of a treatment, each with ids of its own
.venv/bin/python -m bench.catalogue build /tmp/large            # build it; prints seconds and peak memory
.venv/bin/python -m bench.catalogue serve /tmp/large            # opens both releases; prints seconds, memory and the ratio of medians
"""

import argparse
import asyncio
import json
import re
import resource
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import yaml

from app.main import create_app
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore
from app.settings import HERE, Settings
from bench.running import ask, read_rss_mb, serving

DATA = HERE / "data"
MODEL = "cbt"
"""The treatment that is copied, with each of its ten sections, because it has the median size of the catalogue: 46 statements. A
copy has ids and a name of its own, which stands in its texts and questions too, so that no copy is spared work by what another one has left
behind."""
NAMES = re.compile(r"\b(?:CBT|[Cc]ognitive behavio(?:u?)ral therapy)\b")
"""What the model is called in its texts."""
ONSETS, VOWELS, ENDS = "bdfgklmnprstvz", "aeiou", ("nd", "rk", "lt", "st", "mp", "sk", "ft", "nt", "rd", "lm")
ROUNDS = 400
MOST_SECONDS, MOST_RATIO, MOST_MB = 1.0, 1.3, 200
"""Bounds: to open a release, of the medians, of resident memory."""
MOST_MS, MANY_FACTS = 25, 110_000
"""Bound of the slowest answers in a hundred, for catalogues of about a hundred thousand statements."""
SETTLED_SECONDS = 3
"""Until the SDK for chatbots is loaded, which takes the processor for half a second after a start."""
QUESTIONS = ("does+cbt+help+with+depression", "how+many+sessions", "is+online+therapy+as+good", "who+drops+out", "can+it+make+things+worse")


def main() -> None:
    """Run one of the three steps."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=["write", "build", "serve"])
    parser.add_argument("arguments", nargs="+")
    given = parser.parse_args()
    match given.step:
        case "write":
            write(int(given.arguments[0]), Path(given.arguments[1]))
        case "build":
            build(Path(given.arguments[0]))
        case _:
            sys.exit(1 if asyncio.run(serve(Path(given.arguments[0]))) else 0)


def write(copies: int, folder: Path) -> None:
    """Content with the catalogue's own records and so many synthetic treatments."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(DATA, folder / "data")
    files = {path.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in (DATA / "treatments" / MODEL).glob("*.yaml")}
    text = json.dumps(files, default=str, ensure_ascii=False)
    for number in range(1, copies + 1):
        name = f"synthetic-{number:05}"
        target = folder / "data" / "treatments" / name
        target.mkdir()
        renamed: dict[str, dict[str, Any]] = json.loads(text.replace(f"treatment.{MODEL}.", f"treatment.{name}."))
        for file, content in renamed.items():
            called = build_name(number)
            if file == "treatment.yaml":
                content |= {"id": name, "name": called, "aliases": [], "other_names": [], "relations": []}
            for fact in content.get("facts", []):
                fact |= {key: NAMES.sub(called, fact[key]) for key in ("text", "plain")}
                fact["asks"] = [rename_question(ask, called) for ask in fact["asks"]]
            (target / file).write_text(yaml.dump(content, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False), encoding="utf-8")


def build_name(number: int) -> str:
    """A word of two syllables for each number: `Bandand`, `Dandand`, …"""
    word = ""
    for _ in range(2):
        number, onset = divmod(number, len(ONSETS))
        number, vowel = divmod(number, len(VOWELS))
        number, end = divmod(number, len(ENDS))
        word += f"{ONSETS[onset]}{VOWELS[vowel]}{ENDS[end]}"
    return word.capitalize()


def rename_question(question: str, called: str) -> str:
    """A question about the copy, which names it."""
    renamed = NAMES.sub(called, question)
    return renamed if called in renamed else f"{question[:130].rstrip('?')} with {called}?"


def build(folder: Path) -> None:
    """Build the large catalogue in a process of its own."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "app", "build", "--data", str(folder / "data"), "--releases", str(folder / "releases")]
    subprocess.run(command, check=True, cwd=HERE.parent)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"built in {time.perf_counter() - start:.0f} s, peak memory {peak:.0f} MB")


async def serve(folder: Path) -> list[str]:
    """Open both releases, ask each for the same kind of treatment in turns, then measure a real server without the sentence model; returns
    the bounds that were missed."""
    ReleaseStore(ReleaseFolder(Settings().releases).get_current()).close()  # which says what to do where there is none
    start = time.perf_counter()
    store = ReleaseStore(ReleaseFolder(folder / "releases").get_current())
    opened = time.perf_counter() - start
    facts = store.counts["facts"]
    store.close()
    print(f"opened in {1000 * opened:.1f} ms, {facts} statements")
    small = httpx.AsyncClient(transport=httpx.ASGITransport(create_app(Settings(prepared_mb=0))), base_url="http://small")
    large = httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(Settings(releases=folder / "releases", prepared_mb=0))), base_url="http://large"
    )
    times: dict[str, list[float]] = {"small": [], "large": []}
    count = len([*(folder / "data" / "treatments").glob("synthetic-*")])
    for number in range(ROUNDS):
        for name, client, treatment in (("small", small, MODEL), ("large", large, f"synthetic-{1 + number * 37 % count:05}")):
            begin = time.perf_counter()
            answer = await client.get(f"/v1/treatments/{treatment}")
            times[name].append(time.perf_counter() - begin)
            assert answer.status_code == 200, treatment
    medians = {name: 1000 * statistics.median(found) for name, found in times.items()}
    ratio = medians["large"] / medians["small"]
    print(f"median {medians['small']:.2f} ms small, {medians['large']:.2f} ms large, ratio {ratio:.2f}")
    resident, slowest = measure_server(folder, count)
    missed = [
        name
        for name, is_missed in (
            ("opening", opened > MOST_SECONDS),
            ("ratio of medians", ratio > MOST_RATIO),
            ("memory", resident > MOST_MB),
            ("answers", facts <= MANY_FACTS and slowest > MOST_MS),
        )
        if is_missed
    ]
    print(f"missed: {', '.join(missed) or 'nothing'}")
    return missed


def measure_server(folder: Path, count: int) -> tuple[float, float]:
    """Resident memory of one process that serves the large release without the sentence model, and how long its answers take."""
    with serving(folder / "serve.log", "--releases", str(folder / "releases"), "--no-build") as (port, pid):
        fresh = read_rss_mb(pid)
        for number in range(ROUNDS):
            assert ask(port, f"/v1/treatments/synthetic-{1 + number * 37 % count:05}")[0] == 200
        treatments = read_rss_mb(pid)
        time.sleep(SETTLED_SECONDS)
        times: list[float] = []
        for number in range(ROUNDS):
            begin = time.perf_counter()
            assert ask(port, f"/v1/answers?limit=3&q={QUESTIONS[number % len(QUESTIONS)]}+{number}", 60)[0] == 200
            times.append(1000 * (time.perf_counter() - begin))
        times.sort()
        resident, slowest = read_rss_mb(pid), times[int(0.99 * len(times))]
        print(
            f"resident: {fresh:.0f} MB fresh, {treatments:.0f} MB after {ROUNDS} treatments, {resident:.0f} MB after answers; "
            f"answers by words: median {statistics.median(times):.0f} ms, p99 {slowest:.0f} ms, slowest {times[-1]:.0f} ms"
        )
        return resident, slowest


if __name__ == "__main__":
    main()
