"""Treatments and facts as Markdown, for language models and people: short, with numbered citations."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from app.formats.tree import Tree, dump
from app.schemas.v1.fact import FactDetail, FactInSection, SourceCitation
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Hypothesis, Section, Treatment
from app.values.details import Details

NOTE = "Each statement may be quoted word for word with its id and source. Certainty is GRADE's. Information, not medical advice."
BRIEF = "Information, not medical advice."
SUMMARY = "conclusion"
"""Section that says again what others say; the numbers of its sources stand there."""
LONGEST_ADDRESS = 64
"""Characters of an address that is written out in a single fact."""
LONGEST_CITATION = 80
"""Characters of a citation that is written out beside an address; longer ones have the title in them."""


class Citations:
    """Numbers sources in the order in which they are cited."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def cite(self, names: Iterable[str]) -> str:
        """The numbers of some sources, in brackets."""
        return "".join(f"[{self.numbers.setdefault(name, len(self.numbers) + 1)}]" for name in names)

    def render(self, sources: Mapping[str, Source], tell: Callable[[Source], str], heading: str = "## Sources") -> list[str]:
        """The list of what was cited, under its heading, each with what `tell` says of it."""
        lines = ["", heading, ""] if self.numbers else []
        for name, number in self.numbers.items():
            told = tell(sources[name]) if name in sources else ""
            lines.append(f"[{number}] {name}{f': {told}' if told else ''}")
        return lines


def tell_source(source: Source) -> str:
    """Where a source appeared and how to find it. Author and year stand in its id."""
    place = source.container or source.title
    found = f"PMID {source.pmid}" if source.pmid else f"doi:{source.doi}" if source.doi else source.url
    return f"{place}, {found}" if found else place


def tell_source_in_brief(source: Source) -> str:
    """How to find a source, or else where it appeared."""
    return f"PMID {source.pmid}" if source.pmid else (source.container or source.title).partition(",")[0]


def tell_number_of_source(source: Source) -> str:
    """How to find a source, or else who published what bears no year in its id."""
    return f"PMID {source.pmid}" if source.pmid else tell_publisher(source)


def tell_publisher(source: Source) -> str:
    """Who published what bears no year in its id; other ids say enough."""
    return "" if _YEAR.search(source.id) else (source.container or source.title).partition(",")[0]


_YEAR = re.compile(r"-(?:19|20)\d\d\b")


def tell_ids(ids: Iterable[str]) -> str:
    """Ids of facts; what several share is said once: `drug.x.safety.{a,b}` and `claim.{x,y}.verdict.summary` are two ids each."""
    kinds: dict[str, dict[str, list[str]]] = {}
    for name in ids:
        kind, owner, tail = name.split(".", 2)
        kinds.setdefault(kind, {}).setdefault(owner, []).append(tail)
    return ", ".join(f"`{kind}.{_brace(_share(owners))}`" for kind, owners in kinds.items())


def _share(owners: Mapping[str, Sequence[str]]) -> list[str]:
    """Ids of one kind: those of an owner with several facts together, then owners whose only facts are called alike."""
    alike: dict[str, list[str]] = {}
    for owner, tails in owners.items():
        if len(tails) == 1:
            alike.setdefault(tails[0], []).append(owner)
    several = [f"{owner}.{_brace(_fold(tails))}" for owner, tails in owners.items() if len(tails) > 1]
    return [*several, *(f"{_brace(names)}.{tail}" for tail, names in alike.items())]


def _fold(tails: Iterable[str]) -> list[str]:
    """Ends of ids, those of one section together."""
    sections: dict[str, list[str]] = {}
    for tail in tails:
        section, _, name = tail.partition(".")
        sections.setdefault(section, []).append(name)
    return [f"{section}.{_brace(names)}" for section, names in sections.items()]


def _brace(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{','.join(names)}}}"


def render_treatment(treatment: Treatment, sources: Mapping[str, Source], release: str) -> str:
    """The document with the sections that it holds."""
    citations = Citations()
    lines = [f"# {treatment.name}", "", treatment.summary, "", f"{NOTE} Release {release}.", ""]
    for name in type(treatment.sections).model_fields:
        section: Section | None = getattr(treatment.sections, name)
        if section is not None:
            lines += [f"## {section.title}", "", *_tell_section(section, citations), ""]
    return "\n".join([*lines[:-1], *citations.render(sources, tell_source, "## Sources (more at /v1/sources/ID)")]) + "\n"


def render_section(section: Section, name: str, sources: Mapping[str, Source], release: str) -> str:
    """One section of a treatment called `name`."""
    citations = Citations()
    lines = [f"# {name}: {section.title}", "", f"{BRIEF} Release {release}.", "", *_tell_section(section, citations)]
    return finish(lines, citations, sources, tell_publisher if section.name == SUMMARY else tell_number_of_source)


def _tell_section(section: Section, citations: Citations) -> list[str]:
    """The facts of a section, and the accounts that it gives of the mechanism."""
    accounts = [_tell_hypothesis(hypothesis) for hypothesis in section.hypotheses]
    return [*tell_facts(section.facts, citations), *(["", "Hypotheses:", "", *accounts] if accounts else [])]


def _tell_hypothesis(hypothesis: Hypothesis) -> str:
    """An account in one line: where the debate stands, where its best evidence comes from, the facts that tell it, and those for and
    against it."""
    facts = {"told by": hypothesis.steps, "for": hypothesis.supporting, "against": hypothesis.contradicting}
    told = "; ".join(f"{word} {tell_ids(ids)}" for word, ids in facts.items() if ids)
    level = hypothesis.evidence_level.replace("-", " ")
    return f"- {hypothesis.name} (`{hypothesis.id}`): {hypothesis.standing}, best evidence: {level}; {told}"


def finish(lines: Iterable[str], citations: Citations, sources: Mapping[str, Source], tell: Callable[[Source], str]) -> str:
    """A document with its list of sources, and of each what `tell` says: in a short document they would be the longest part."""
    return "\n".join([*lines, *citations.render(sources, tell)]) + "\n"


def tell_facts(facts: Sequence[FactInSection], citations: Citations, *, named: Iterable[str] = (), warn: bool = True) -> list[str]:
    """Facts, a line each, and the warnings that belong to them and are not `named` beside them. One fact alone bears its whole id; of
    several the beginning that their ids share is said once."""
    beginning = _find_beginning([fact.id for fact in facts])
    here = {*named, *(fact.id for fact in facts)}
    warnings = dict.fromkeys(name for fact in facts for name in fact.see_also if name not in here)
    return [
        *([f"Ids begin with `{beginning}`", ""] if beginning else []),
        *(_tell_fact(fact, fact.id.removeprefix(beginning), citations) for fact in facts),
        *(["", f"See also: {tell_ids(warnings)}"] if warnings and warn else []),
    ]


def _find_beginning(ids: Sequence[str]) -> str:
    """What several ids begin with, to the last point that they share; nothing where there is one."""
    shared = [parts[0] for parts in zip(*(name.split(".")[:-1] for name in ids), strict=False) if len(set(parts)) == 1]
    return "".join(f"{part}." for part in shared) if len(ids) > 1 else ""


def _tell_fact(fact: FactInSection, name: str, citations: Citations) -> str:
    graded = "" if fact.certainty == "not-graded" else f" Certainty: {fact.certainty.replace('-', ' ')}."
    return f"- {fact.text} {citations.cite(source.id for source in fact.sources)}{graded}{tell_figures(fact.text, fact.details)} `{name}`"


def tell_figures(text: str, details: Details | None) -> str:
    """The typed figures of a fact that its text does not have."""
    told = {float(number.replace(",", "")) for number in _NUMBER.findall(text)}
    extra = [f"{name} {tell_number(value)}" for name, value in _figures(dump(details)) if abs(value) not in told] if details else []
    return f" ({'; '.join(extra)})" if extra else ""


_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def _figures(tree: Tree, name: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in a tree, each with the name of the member that holds it."""
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from _figures(value, key)
    elif isinstance(tree, Sequence) and not isinstance(tree, str):
        for value in tree:
            yield from _figures(value, name)
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield name.replace("_", " "), tree


def tell_number(value: float) -> str:
    """A number with all its digits and none more."""
    return str(int(value)) if float(value).is_integer() else repr(value)


def render_fact(fact: FactDetail) -> str:
    """A single fact in both wordings with its sources and warnings."""
    lines = [f"# {fact.id}", "", f"{fact.text}{tell_figures(fact.text, fact.details)}", "", f"In plain words: {fact.plain}", ""]
    if fact.certainty != "not-graded":
        lines += [f"Certainty: {fact.certainty.replace('-', ' ')}. {fact.certainty_reason or ''}".strip(), ""]
    lines += [f"[{number}] {_tell_citation(source)}" for number, source in enumerate(fact.sources, 1)]
    if fact.see_also:
        lines += ["", f"See also: {tell_ids(fact.see_also)}"]
    return "\n".join([*lines, "", f"Reviewed {fact.reviewed}. Information, not medical advice."]) + "\n"


def _tell_citation(source: SourceCitation) -> str:
    """A source of a single fact; of articles their number stands for the address, and what leads to the title for a long one."""
    address = source.url or ""
    for beginning, name in {"https://doi.org/": "doi:", "https://pubmed.ncbi.nlm.nih.gov/": "PMID "}.items():
        if address.startswith(beginning):
            address = name + address.removeprefix(beginning).rstrip("/")
    citation = source.citation if len(source.citation) <= LONGEST_CITATION else source.citation.partition(",")[0]
    found = address if 0 < len(address) <= LONGEST_ADDRESS else f"/v1/sources/{source.id}"
    told = [citation, source.locator, "secondary" if source.check == "secondary" else None]
    return f"{', '.join(part for part in told if part)}. {found}"
