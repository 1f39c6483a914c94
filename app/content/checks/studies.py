"""Studies: arms exist, ids stand once, and counts fit the arms they are counted in."""

from collections import Counter
from collections.abc import Iterator

from app.content.library import Library
from app.content.problem import Problem
from app.content.reader import Document, Path_
from app.content.study import Arm, ArmResult, Contrast, Outcome, Study


def check_studies(library: Library) -> list[Problem]:
    """Problems inside study records."""
    problems: list[Problem] = []
    for located in library.studies.values():
        problems += _study(located.item, located.document)
    return problems


def _study(study: Study, document: Document) -> Iterator[Problem]:
    arms = {arm.id: arm for arm in study.arms}
    yield from _doubled([arm.id for arm in study.arms], document, "arms")
    parts = [part.id for part in (*study.outcomes, *study.adverse_events)]
    yield from _doubled(parts, document, "outcomes")
    for index, arm in enumerate(study.arms):
        yield from _arm(arm, document, ("arms", index))
    for index, outcome in enumerate(study.outcomes):
        yield from _results(outcome.arms, arms, document, ("outcomes", index))
        for place, contrast in enumerate(outcome.contrasts):
            yield from _contrast(contrast, outcome, arms, document, ("outcomes", index, "contrasts", place))
    for index, event in enumerate(study.adverse_events):
        yield from _results(event.arms, arms, document, ("adverse_events", index))
    n_screened, n_randomised = study.population.n_screened, study.population.n_randomised
    if n_screened is not None and n_randomised is not None and n_randomised > n_screened:
        message = f"more people randomised ({n_randomised}) than screened ({n_screened})"
        yield document.problem(("population", "n_randomised"), message, "correct one of them")


def _doubled(ids: list[str], document: Document, key: str) -> Iterator[Problem]:
    for name, count in Counter(ids).items():
        if count > 1:
            yield document.problem((key,), f"the id `{name}` stands {count} times in this study", "give each its own id")


def _arm(arm: Arm, document: Document, path: Path_) -> Iterator[Problem]:
    if arm.n_analysed is not None and arm.n_randomised is not None and arm.n_analysed > arm.n_randomised:
        message = f"more people analysed ({arm.n_analysed}) than randomised ({arm.n_randomised})"
        yield document.problem((*path, "n_analysed"), message, "correct one of them")


def _results(results: tuple[ArmResult, ...], arms: dict[str, Arm], document: Document, path: Path_) -> Iterator[Problem]:
    for index, result in enumerate(results):
        here = (*path, "arms", index)
        arm = arms.get(result.arm)
        if arm is None:
            yield document.problem((*here, "arm"), f"there is no arm `{result.arm}`", f"use one of {', '.join(arms)}")
            continue
        most = arm.n_randomised or arm.n_analysed
        if result.n is not None and most is not None and result.n > most:
            message = f"n ({result.n}) is above the {most} people of arm `{arm.id}`"
            yield document.problem((*here, "n"), message, "correct one of them")
        if result.events is not None and result.n is None and most is not None and result.events > most:
            message = f"events ({result.events}) above the {most} people of arm `{arm.id}`"
            yield document.problem((*here, "events"), message, "correct one of them")


def _contrast(contrast: Contrast, outcome: Outcome, arms: dict[str, Arm], document: Document, path: Path_) -> Iterator[Problem]:
    told = {result.arm for result in outcome.arms}
    for key in ("treatment", "comparator"):
        name = getattr(contrast, key)
        if name not in arms:
            yield document.problem((*path, key), f"there is no arm `{name}`", f"use one of {', '.join(arms)}")
        elif told and name not in told:
            message = f"the comparison is of arm `{name}`, whose result this outcome does not give"
            yield document.problem((*path, key), message, f"use one of {', '.join(sorted(told))}, or give the arm's result")
