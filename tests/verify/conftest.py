"""The services on loopback, and a run against them in which time costs nothing."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from app.content.loader import load_library
from app.verify.fetch import Manners
from app.verify.form import check_form
from app.verify.report import Outcome
from app.verify.sources import Caller, Inquiry, ask_services, judge, list_questions
from app.verify.store import Store
from tests.conftest import SAMPLE, TODAY
from tests.verify.services import Services, serving


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps."""

    moment: float = 0
    sleeps: list[float] = field(default_factory=list[float])

    def now(self) -> float:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.moment += seconds


@dataclass
class Runner:
    """Runs a verification of `data` against the services."""

    services: Services
    cache: Path
    clock: FakeClock = field(default_factory=FakeClock)
    manners: Manners = field(default_factory=lambda: Manners(attempts=3, timeout_seconds=5))
    caller: Caller = field(default_factory=lambda: Caller("me@example.org"))
    today: date = TODAY
    progress: Callable[[int], None] = lambda _: None

    def __call__(self, data: Path = SAMPLE) -> Outcome:
        library, problems = load_library(data)
        assert library is not None
        assert problems == []
        questions = [question for located in library.sources.values() for question in list_questions(located.item)]
        store = Store(self.cache, self.today, 30)
        inquiry = Inquiry(self.caller, store, self.services.addresses, self.manners, self.clock, self.progress)
        return judge(library.sources, check_form(library), asyncio.run(ask_services(questions, inquiry)))


@pytest.fixture
def services() -> Iterator[Services]:
    with serving() as services:
        yield services


@pytest.fixture
def verify(services: Services, tmp_path: Path) -> Runner:
    return Runner(services, tmp_path / "cache")


def lines(outcome: Outcome) -> list[str]:
    """The problems as they are printed, without their remedies."""
    return [str(problem).partition(" → ")[0] for problem in outcome.problems]
