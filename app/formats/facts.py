"""Facts as tidy tables: a row for each fact, for each source of a fact, for each count of an adverse effect, or for each typed field."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from app.formats.tables import Cell, Row, write_table
from app.formats.tree import Tree, dump
from app.schemas.v1.fact import Fact
from app.values.details import AdverseEffectDetails
from app.values.quantity import TimeSpan

FactTable = Literal["facts", "sources", "adverse-effects", "details"]

FACTS = (
    "fact", "kind", "collection", "owner", "section", "topics", "text", "plain", "known", "reason", "certainty", "certainty_reason",
    "sources", "figures", "see_also", "version", "added", "reviewed", "next_review",
)  # fmt: skip
SOURCES = ("fact", "source", "locator", "check", "citation", "url")
ADVERSE_EFFECTS = (
    "fact", "treatment", "name", "body_system", "seriousness", "category", "events", "n", "percent", "population", "onset", "peak",
    "duration", "certainty", "sources",
)  # fmt: skip
DETAILS = ("fact", "kind", "field", "value")


def render_facts(facts: Iterable[Fact], table: FactTable) -> str:
    """One of the tables of facts. Columns of several tables join by `fact`."""
    columns, find_rows = FACT_TABLES[table]
    return write_table(columns, (row for fact in facts for row in find_rows(fact)))


def _fact_rows(fact: Fact) -> Iterator[Row]:
    yield {
        **{name: str(value) for name, value in dump(fact, "added", "reviewed", "next_review").items()},
        "fact": fact.id, "kind": fact.kind, "collection": fact.owner.collection, "owner": fact.owner.id, "section": fact.section,
        "topics": _join(fact.topics), "text": fact.text, "plain": fact.plain, "known": fact.known, "reason": fact.reason,
        "certainty": fact.certainty, "certainty_reason": fact.certainty_reason, "sources": _join(source.id for source in fact.sources),
        "figures": _join(fact.figures), "see_also": _join(fact.see_also), "version": fact.version,
    }  # fmt: skip


def _source_rows(fact: Fact) -> Iterator[Row]:
    for source in fact.sources:
        yield {**source.model_dump(exclude={"id"}), "fact": fact.id, "source": source.id}


def _adverse_effect_rows(fact: Fact) -> Iterator[Row]:
    """A row for each count; one without figures when the effect was not counted."""
    details = fact.details
    if not isinstance(details, AdverseEffectDetails):
        return
    shared: Row = {
        "fact": fact.id, "treatment": fact.treatment, "name": details.name, "body_system": details.body_system,
        "seriousness": details.seriousness, "onset": _label(details.onset), "peak": _label(details.peak),
        "duration": _label(details.duration), "certainty": fact.certainty, "sources": _join(source.id for source in fact.sources),
    }  # fmt: skip
    for frequency in details.frequency:
        yield {**shared, **frequency.model_dump()}
    if not details.frequency:
        yield shared


def _detail_rows(fact: Fact) -> Iterator[Row]:
    """Every typed field that has a value, by its path: `frequency.1.percent`."""
    if fact.details is not None:
        for path, value in _leaves(dump(fact.details)):
            yield {"fact": fact.id, "kind": fact.kind, "field": path, "value": value}


def _leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Cell]]:
    match tree:
        case None:
            return
        case bool() | int() | float() | str():
            yield path, tree
        case _:
            entries = tree.items() if isinstance(tree, Mapping) else ((str(place), value) for place, value in enumerate(tree, 1))
            for name, value in entries:
                yield from _leaves(value, f"{path}.{name}" if path else name)


def _label(span: TimeSpan | None) -> str | None:
    return span.label if span is not None else None


def _join(names: Iterable[str]) -> str | None:
    return ";".join(names) or None


FACT_TABLES: Mapping[FactTable, tuple[Sequence[str], Callable[[Fact], Iterator[Row]]]] = {
    "facts": (FACTS, _fact_rows),
    "sources": (SOURCES, _source_rows),
    "adverse-effects": (ADVERSE_EFFECTS, _adverse_effect_rows),
    "details": (DETAILS, _detail_rows),
}
