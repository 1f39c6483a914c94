"""Treatments and facts as Markdown, for language models and people: short, with numbered citations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.formats.tree import Tree, dump
from app.schemas.v1.fact import FactDetail, FactInSection, SourceCitation
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Section, Treatment
from app.values.details import Details

NOTE = "Each statement may be quoted word for word with its id and source. Certainty is GRADE's. Information, not medical advice."
BRIEF = "Quote with id and source. Information, not medical advice."
LONGEST_ADDRESS = 64
"""Characters of an address that is written out in a single fact."""
LONGEST_CITATION = 80
"""Characters of a citation that is written out beside the number of the article; longer ones have the title in them."""


class Citations:
    """Numbers sources in the order in which they are cited."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def cite(self, names: Iterable[str]) -> str:
        """The numbers of some sources, in brackets."""
        return "".join(f"[{self.numbers.setdefault(name, len(self.numbers) + 1)}]" for name in names)

    def render(self, sources: Mapping[str, Source], *, brief: bool = False) -> list[str]:
        """The list of what was cited, under its heading; in brief without the addresses of pages."""
        lines = ["", "## Sources" if brief else "## Sources (more at /v1/sources/ID)", ""] if self.numbers else []
        for name, number in self.numbers.items():
            source = sources.get(name)
            lines.append(f"[{number}] {name}{f': {tell_source(source, brief=brief)}' if source else ''}")
        return lines


def tell_source(source: Source, *, brief: bool = False) -> str:
    """Where a source appeared and how to find it, in brief one of the two. Author and year stand in its id."""
    place = source.container or source.title
    number = f"PMID {source.pmid}" if source.pmid else None
    if brief:
        return number or place
    return f"{place}, {found}" if (found := number or (f"doi:{source.doi}" if source.doi else source.url)) else place


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
            lines += [*_section(section, citations), ""]
    return "\n".join([*lines[:-1], *citations.render(sources)]) + "\n"


def render_section(section: Section, name: str, sources: Mapping[str, Source], release: str) -> str:
    """One section of a treatment called `name`."""
    citations = Citations()
    lines = [f"# {name}: {section.title}", "", f"{BRIEF} Release {release}.", "", *_facts(section, citations)]
    return "\n".join([*lines, *citations.render(sources, brief=True)]) + "\n"


def _section(section: Section, citations: Citations) -> list[str]:
    return [f"## {section.title}", "", *_facts(section, citations)]


def _facts(section: Section, citations: Citations) -> list[str]:
    return [tell_fact(fact, citations) for fact in section.facts]


def tell_fact(fact: FactInSection, citations: Citations, *, whole: bool = False) -> str:
    """A fact in one line. `whole` gives its full id, for documents that hold facts of one kind only."""
    graded = "" if fact.certainty == "not-graded" else f" Certainty: {fact.certainty.replace('-', ' ')}."
    name = fact.id if whole else fact.id.rpartition(".")[2]
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


def finish(lines: Sequence[str], citations: Citations, sources: Mapping[str, Source]) -> str:
    """A record with its list of sources, in brief: the longest part of a short record would be the titles of its sources."""
    return "\n".join([*lines, *citations.render(sources, brief=True)]) + "\n"


def render_fact(fact: FactDetail) -> str:
    """A single fact in both wordings with its sources and warnings."""
    lines = [f"# {fact.id}", "", fact.text, "", f"In plain words: {fact.plain}", ""]
    if fact.certainty != "not-graded":
        lines += [f"Certainty: {fact.certainty.replace('-', ' ')}. {fact.certainty_reason or ''}".strip(), ""]
    lines += [f"[{number}] {_tell_citation(source)}" for number, source in enumerate(fact.sources, 1)]
    if fact.see_also:
        lines += ["", f"See also: {tell_ids(fact.see_also)}"]
    return "\n".join([*lines, "", f"Reviewed {fact.reviewed}. Information, not medical advice."]) + "\n"


def _tell_citation(source: SourceCitation) -> str:
    """A source of a single fact; of articles their number stands for the address and the title."""
    number, address = None, source.url or ""
    for beginning, name in {"https://doi.org/": "doi:", "https://pubmed.ncbi.nlm.nih.gov/": "PMID "}.items():
        if address.startswith(beginning):
            number = name + address.removeprefix(beginning).rstrip("/")
    citation = source.citation if number is None or len(source.citation) <= LONGEST_CITATION else source.citation.partition(",")[0]
    found = number or (address if 0 < len(address) <= LONGEST_ADDRESS else f"/v1/sources/{source.id}")
    return f"{citation}{f', {source.locator}' if source.locator else ''}. {found}"
