"""How soon after its start the service answers a question, and how much memory it takes.

.venv/bin/python -m bench.start            # of the current release; `--times` starts with the sentence model and as many without it"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.running import ask, read_rss_mb, serving

QUESTIONS = (
    "how+fast+does+ketamine+work",
    "is+ect+safe",
    "does+esketamine+raise+blood+pressure",
    "what+if+ssris+do+nothing",
    "who+may+not+have+it",
)
READS = ("/v1/treatments/ketamine", "/v1/treatments/ketamine?format=fhir", "/v1/syntheses", "/docs")
ROUNDS = 40
SETTLED_SECONDS = 3
"""After the first answer, until the SDK for chatbots is loaded, and after documents, until what they needed for a moment is given back."""
MOST_SECONDS = 2.0
MOST_MB = {"with the model": 350, "by words": 150}


def main() -> None:
    """Print a line for each way of searching; end with 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=7)
    times: int = parser.parse_args().times
    missed: list[str] = []
    with TemporaryDirectory() as folder:
        for name, options in (("with the model", ("--model",)), ("by words", ("--no-model",))):
            found = [start(Path(folder), *options) for _ in range(times)]
            seconds, memory = sorted(seconds for seconds, _ in found), max(memory for _, memory in found)
            middle = statistics.median(seconds)
            print(
                f"{name}: first answer after {middle:.1f} s ({seconds[0]:.1f} to {seconds[-1]:.1f}), then at most {memory:.0f} MB resident"
            )
            missed += [f"seconds {name}"] if middle > MOST_SECONDS else []
            missed += [f"memory {name}"] if memory > MOST_MB[name] else []
    print(f"missed: {', '.join(missed) or 'nothing'}")
    sys.exit(1 if missed else 0)


def start(folder: Path, *options: str) -> tuple[float, float]:
    """Seconds from the start of the program to the first answer, and resident memory some time after questions and documents."""
    begin = time.perf_counter()
    with serving(folder / "serve.log", "--no-build", "--no-access-log", *options) as (port, pid):
        assert ask(port, f"/v1/answers?q={QUESTIONS[0]}", 60)[0] == 200
        seconds = time.perf_counter() - begin
        time.sleep(SETTLED_SECONDS)
        for number in range(ROUNDS):
            assert ask(port, f"/v1/answers?q={QUESTIONS[number % len(QUESTIONS)]}+{number}")[0] == 200
        for path in READS:
            assert ask(port, path, 60)[0] == 200
        time.sleep(SETTLED_SECONDS)
        return seconds, read_rss_mb(pid)


if __name__ == "__main__":
    main()
