"""Treatments side by side, from what a release holds: direct comparisons first, then attribute by attribute, and never a winner."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from app.release.store import Page, ReleaseStore
from app.schemas.v1.comparison import Cell, Compared, Comparison, ComparisonLinks, Pair, Row
from app.schemas.v1.fact import Fact
from app.schemas.v1.study import StudyCard
from app.schemas.v1.synthesis import SynthesisCard
from app.schemas.v1.treatment import Treatment
from app.values.certainty import Certainty

MOST = 1000
"""Studies and pooled results of one treatment that are looked through."""

ATTRIBUTES = {
    "legal-status": "Legal status for depression", "onset": "Onset of effect", "response": "Response", "remission": "Remission",
    "durability": "How long the effect lasts", "relapse": "Relapse", "common-harms": "Common harms", "serious-harms": "Serious harms",
    "setting": "Where it is given", "visits": "Visits", "cost": "Cost", "guideline-position": "Position of guidelines",
}  # fmt: skip
"""Attributes of profiles in the order of the rows, in words."""

GRADES: tuple[Certainty, ...] = ("very-low", "low", "moderate", "high")
"""Certainties of effects, lowest first."""
MOST_WARNINGS = 6
"""Warnings that travel with a cell."""

EFFECTS = frozenset({"certainty", "onset", "response", "remission", "durability", "relapse", "common-harms", "serious-harms"})
"""Attributes that come from a treatment's own studies."""

PLACES = ("US", "EU", "UK")
"""Jurisdictions that come first."""

COMPARED = "compared-with"
"""The relation whose facts tell of direct comparisons; others tell of additions and dangers."""

DIRECT = "Studies compared these two directly; read what is told of them before the rows, which show each treatment by its own studies."
INDIRECT = (
    "No study that compared these two directly is recorded or told of here. The rows show each by its own studies, whose people and "
    "comparators differ: an indirect comparison, which cannot say that one is better."
)


def compare(store: ReleaseStore, ids: Sequence[str], address: str) -> Comparison:
    """The comparison of two or more treatments, in the order of `ids`. Raises `NotFound` or `Moved` for an id that is none."""
    treatments = [store.get_item("treatments", treatment_id, Treatment) for treatment_id in ids]
    pairs = [_build_pair(store, one, other.id) for one, other in combinations(treatments, 2)]
    return Comparison(
        treatments=[_build_head(treatment) for treatment in treatments],
        pairs=sorted(pairs, key=lambda pair: pair.comparison != "head-to-head"),
        rows=[*_describing_rows(treatments), *_profile_rows(treatments, _read_facts(store, _list_behind(treatments)))],
        links=ComparisonLinks(self=address),
    )


def _build_head(treatment: Treatment) -> Compared:
    return Compared(
        id=treatment.id, name=treatment.name, kind=treatment.kind, plain_summary=treatment.plain_summary,
        main_effect=treatment.main_effect, href=treatment.links.self,
    )  # fmt: skip


def _build_pair(store: ReleaseStore, first: Treatment, other: str) -> Pair:
    """Both ways round: who is the comparator of whom depends on the study."""
    one = first.id
    studies: dict[str, StudyCard] = {}
    syntheses: dict[str, SynthesisCard] = {}
    for tested, against in ((one, other), (other, one)):
        cards, _ = store.list_items("studies", StudyCard, {"treatment": [tested]}, Page(MOST))
        studies |= {card.id: card for card in cards if against in (*card.treatments, *card.comparators)}
        filters = {"treatment": [tested], "comparator": [against]}
        pooled, _ = store.list_items("syntheses", SynthesisCard, filters, Page(MOST))
        syntheses |= {card.id: card for card in pooled}
    compared = (item for item in first.relations if (item.kind, item.treatment.id) == (COMPARED, other))
    told = _read_facts(store, (fact for item in compared for fact in item.facts))
    direct = bool(studies or syntheses or told)
    return Pair(
        treatments=[one, other], comparison="head-to-head" if direct else "indirect", note=DIRECT if direct else INDIRECT,
        studies=list(studies.values()), syntheses=list(syntheses.values()), facts=list(told.values()),
    )  # fmt: skip


def _describing_rows(treatments: Sequence[Treatment]) -> Iterator[Row]:
    """What the heads of the treatments say."""
    yield _row("kind", "Kind of treatment", None, [_told(item, item.kind.replace("-", " ")) for item in treatments])
    yield _row("route", "Route", None, [_told(item, ", ".join(item.routes), "It has no route of administration.") for item in treatments])
    certainties = [
        Cell(
            treatment=item.id, value=item.main_effect.certainty.replace("-", " "), reason=None, certainty=item.main_effect.certainty,
            facts=[item.main_effect.fact], syntheses=[], see_also=[],
        )
        for item in treatments
    ]  # fmt: skip
    yield _row("certainty", "Certainty of the main effect (GRADE)", None, certainties)


def _list_behind(treatments: Sequence[Treatment]) -> Iterator[str]:
    """Ids of the facts that the profiles rest on."""
    return (fact for item in treatments for cell in item.profile for fact in cell.facts)


def _read_facts(store: ReleaseStore, wanted: Iterable[str]) -> dict[str, Fact]:
    """Facts by id; unknown and withdrawn ones are passed over."""
    ids = tuple(dict.fromkeys(wanted))
    facts, _ = store.list_facts({}, ids, Page(len(ids))) if ids else ([], 0)
    return {fact.id: fact for fact in facts}


def _profile_rows(treatments: Sequence[Treatment], facts: Mapping[str, Fact]) -> Iterator[Row]:
    for attribute, title in ATTRIBUTES.items():
        places = {cell.jurisdiction for item in treatments for cell in item.profile if cell.attribute == attribute}
        for place in sorted(places or {None}, key=_rank):
            yield _row(attribute, title, place, [_cell(item, attribute, place, facts) for item in treatments])


def _rank(place: str | None) -> tuple[int, str]:
    return (PLACES.index(place) if place in PLACES else len(PLACES), place or "")


def _cell(treatment: Treatment, attribute: str, place: str | None, facts: Mapping[str, Fact]) -> Cell:
    found = next((cell for cell in treatment.profile if (cell.attribute, cell.jurisdiction) == (attribute, place)), None)
    if found is None:
        return _told(treatment, "", _explain_gap(treatment, attribute, place))
    known = [facts[name] for name in found.facts if name in facts]
    certainty: Certainty | None = next((grade for grade in GRADES if any(fact.certainty == grade for fact in known)), None)
    warnings = dict.fromkeys(warning for fact in known for warning in fact.see_also if warning not in found.facts)
    return Cell(
        treatment=treatment.id, value=found.value, reason=found.reason, certainty=certainty,
        facts=found.facts, syntheses=found.syntheses, see_also=list(warnings)[:MOST_WARNINGS],
    )  # fmt: skip


def _explain_gap(treatment: Treatment, attribute: str, place: str | None) -> str:
    """Why a cell is empty, and where else the attribute is told: a guideline of England may stand under UK."""
    if place is None:
        return "Nothing on this is recorded here."
    places = [cell.jurisdiction for cell in treatment.profile if cell.attribute == attribute and cell.value and cell.jurisdiction]
    told = f"; see {', '.join(sorted(places, key=_rank))}" if places else ""
    return f"Nothing is recorded here for {place}{told}."


def _told(treatment: Treatment, value: str, reason: str = "It is not recorded.") -> Cell:
    """A cell that rests on the head of the treatment, or says why there is nothing."""
    return Cell(
        treatment=treatment.id, value=value or None, reason=None if value else reason, certainty=None, facts=[], syntheses=[], see_also=[]
    )


def _row(attribute: str, title: str, place: str | None, cells: list[Cell]) -> Row:
    comparison = "indirect" if attribute in EFFECTS else "described"
    return Row(attribute=attribute, title=title, jurisdiction=place, comparison=comparison, cells=cells)
