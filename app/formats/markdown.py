"""Treatments and facts as Markdown, for language models and people: short, with numbered citations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.formats.tree import Tree, dump
from app.schemas.v1.fact import FactDetail, FactInSection
from app.schemas.v1.source import Source
from app.schemas.v1.treatment import Section, Treatment
from app.values.details import Details

NOTE = "Each statement may be quoted word for word with its id and source. Certainty is GRADE's. Information, not medical advice."


class Citations:
    """Numbers sources in the order in which they are cited."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def cite(self, names: Iterable[str]) -> str:
        """The numbers of some sources, in brackets."""
        return "".join(f"[{self.numbers.setdefault(name, len(self.numbers) + 1)}]" for name in names)

    def render(self, sources: Mapping[str, Source], *, brief: bool = False) -> list[str]:
        """The list of what was cited; in brief without titles."""
        lines: list[str] = []
        for name, number in self.numbers.items():
            source = sources.get(name)
            lines.append(f"[{number}] {f'{tell_source(source, brief=brief)} ' if source else ''}(`{name}`)")
        return lines


def tell_source(source: Source, *, brief: bool = False) -> str:
    """A source in one line. Short citations of documents without a journal end with the title, which is not said twice."""
    title = "" if brief or source.citation.endswith(source.title) else f" {source.title}."
    return f"{source.citation}.{title} {source.url or ''}".strip()


def render_treatment(treatment: Treatment, sources: Mapping[str, Source], release: str) -> str:
    """The document with the sections that it holds."""
    citations = Citations()
    lines = [f"# {treatment.name}", "", treatment.summary, "", f"{NOTE} Release {release}.", ""]
    for name in type(treatment.sections).model_fields:
        section: Section | None = getattr(treatment.sections, name)
        if section is not None:
            lines += [*_section(section, citations), ""]
    return "\n".join([*lines, "## Sources", "", *citations.render(sources)]) + "\n"


def render_section(section: Section, name: str, sources: Mapping[str, Source], release: str) -> str:
    """One section of a treatment called `name`."""
    citations = Citations()
    lines = [f"# {name}", "", f"{NOTE} Release {release}.", "", *_section(section, citations), "", "## Sources", ""]
    return "\n".join([*lines, *citations.render(sources)]) + "\n"


def _section(section: Section, citations: Citations) -> list[str]:
    return [f"## {section.title}", "", *(tell_fact(fact, citations) for fact in section.facts)]


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
    cited = ["", "## Sources", "", *citations.render(sources, brief=True)] if citations.numbers else []
    return "\n".join([*lines, *cited]) + "\n"


def render_fact(fact: FactDetail) -> str:
    """A single fact with its sources and the questions that it answers."""
    lines = [f"# {fact.owner.name}: {fact.section}", "", fact.text, "", f"In plain words: {fact.plain}", ""]
    if fact.certainty != "not-graded":
        lines += [f"Certainty: {fact.certainty.replace('-', ' ')}. {fact.certainty_reason or ''}".strip(), ""]
    lines += [
        f"- {source.citation}{f', {source.locator}' if source.locator else ''} {source.url or ''}".rstrip() for source in fact.sources
    ]
    if fact.see_also:
        lines += ["", f"See also: {', '.join(f'`{name}`' for name in fact.see_also)}"]
    lines += ["", f"`{fact.id}`, reviewed {fact.reviewed}. {NOTE}", "", "Answers:", *(f"- {ask}" for ask in fact.asks)]
    return "\n".join(lines) + "\n"
