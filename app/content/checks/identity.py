"""Ids: each stands once, in the form that its place asks for, and no alias hides another item."""

from collections.abc import Iterator

from app.content.checks.doubled import find_doubled
from app.content.library import Library, Located
from app.content.problem import Problem
from app.content.review import Reviewed
from app.content.source import Source
from app.values.sections import COLLECTIONS


def check_identity(library: Library) -> list[Problem]:
    """Problems of ids, aliases and doubled sources."""
    return [*_statement_ids(library), *_aliases(library), *_doubled_sources(library), *_figure_owners(library)]


def _statement_ids(library: Library) -> Iterator[Problem]:
    doubled = find_doubled(placed.statement.id for placed in library.statements())
    first: dict[str, str] = {}
    for placed in library.statements():
        fact_id = placed.statement.id
        path = (*placed.path, "id")
        if fact_id in first:
            yield placed.document.problem(
                path, f"the id `{fact_id}` stands twice (first in {first[fact_id]})", "give one of them another slug"
            )
        elif hash(fact_id) in doubled:
            first[fact_id] = f"{placed.document.file}:{placed.document.find_line(placed.path)}"
        if not fact_id.startswith(placed.prefix):
            slug = fact_id.rsplit(".", 1)[-1]
            yield placed.document.problem(path, f"the id `{fact_id}` does not fit its place", f"write `{placed.prefix}{slug}`")


def _aliases(library: Library) -> Iterator[Problem]:
    for name in COLLECTIONS:
        items = library.find_collection(name)
        owner: dict[str, str] = {}
        for item_id, located in items.items():
            for index, alias in enumerate(_aliases_of(located)):
                taken = item_id if alias == item_id else alias if alias in items else owner.get(alias)
                if taken is not None:
                    remedy = "remove it or choose another"
                    yield located.document.problem(("aliases", index), f"the alias `{alias}` already leads to `{taken}`", remedy)
                owner.setdefault(alias, item_id)


def _aliases_of(located: Located[Reviewed]) -> tuple[str, ...]:
    return tuple(getattr(located.item, "aliases", ()))


def _doubled_sources(library: Library) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for source_id, located in library.sources.items():
        for key, value in _numbers_of(located.item):
            number = f"{key} {value}".lower()
            if number in first:
                message = f"the {key} {value} is already that of source `{first[number]}`"
                yield located.document.problem((key,), message, "cite that source and delete this file, or correct the number")
            first.setdefault(number, source_id)


def _numbers_of(source: Source) -> Iterator[tuple[str, str]]:
    for key, value in (("doi", source.doi), ("pmid", source.pmid), ("pmcid", source.pmcid)):
        if value is not None:
            yield key, value


def _figure_owners(library: Library) -> Iterator[Problem]:
    """Figures are named `<owner>/<part>`, so no two kinds of owner may share a name."""
    for synthesis_id, located in library.syntheses.items():
        if synthesis_id in library.studies or synthesis_id in library.drugs:
            yield located.document.problem(("id",), f"`{synthesis_id}` is also the id of a study or drug", "choose another id")
    for study_id, located in library.studies.items():
        if study_id in library.drugs:
            yield located.document.problem(("id",), f"`{study_id}` is also the id of a drug", "choose another id")
