"""Sources for reference managers and citation processors: CSL-JSON, BibTeX, RIS."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.schemas.v1.source import Source

PERSON = re.compile(r"(?P<family>.+?) (?P<initials>[A-Z]{1,4})(?: (?P<suffix>Jr|Sr|II|III))?")
LONE = re.compile(r"(?:(?:van|von|de|der|den|la|le|di|du) )*[^\W\d_][\w'\u2019-]*[a-z][\w'\u2019-]*")
"""A family name without initials."""

KINDS: dict[str, tuple[str, str, str]] = {
    "article": ("article-journal", "article", "JOUR"),
    "book": ("book", "book", "BOOK"),
    "law": ("legislation", "misc", "STAT"),
    "dataset": ("dataset", "misc", "DATA"),
    "page": ("webpage", "misc", "ELEC"),
    "document": ("document", "misc", "GEN"),
}
"""Types of CSL, BibTeX and RIS."""


@dataclass(frozen=True)
class Author:
    """A person, or a body that bears its name as a whole."""

    name: str
    """Family name, or the whole name of a body."""
    initials: str | None
    """With points and spaces: `A. B.`."""
    suffix: str | None
    is_person: bool

    def inverted(self) -> str:
        """`Short, B.`, or the whole name."""
        return ", ".join(part for part in (self.name, self.suffix, self.initials) if part)


def parse_author(text: str) -> Author:
    """An author as recorded: "Short B", "Smith JA Jr", "Zanos", "World Health Organization"."""
    match = PERSON.fullmatch(text)
    if match is not None:
        return Author(match["family"], " ".join(f"{letter}." for letter in match["initials"]), match["suffix"], is_person=True)
    return Author(text, None, None, is_person=LONE.fullmatch(text) is not None)


def find_kind(source: Source) -> str:
    """Which of `KINDS` a source is: by its own kind, and articles by where they appeared."""
    match source.kind:
        case "book" | "law":
            return source.kind
        case "database" | "registry":
            return "dataset"
        case _ if source.container and (source.doi or source.pmid):
            return "article"
        case _:
            return "page" if source.url else "document"


def render_csl(sources: Iterable[Source]) -> str:
    """CSL-JSON: an array of items, as citation processors read it."""
    return json.dumps([_csl_item(source) for source in sources], ensure_ascii=False, separators=(",", ":"))


def _csl_item(source: Source) -> dict[str, object]:
    kind = find_kind(source)
    item: dict[str, object | None] = {
        "id": source.id,
        "type": KINDS[kind][0],
        "title": source.title,
        "author": [_csl_name(parse_author(author)) for author in source.authors] or None,
        "container-title" if kind == "article" else "publisher": source.container,
        "issued": {"date-parts": [[source.year]]} if source.year else None,
        "volume": source.volume,
        "issue": source.issue,
        "page": source.pages,
        "DOI": source.doi,
        "PMID": source.pmid,
        "PMCID": source.pmcid,
        "number": ", ".join(code.code for code in source.registration) or None,
        "URL": source.url,
        "note": source.note,
    }
    return {name: value for name, value in item.items() if value is not None}


def _csl_name(author: Author) -> dict[str, str]:
    if not author.is_person:
        return {"literal": author.name}
    parts = {"family": author.name, "given": author.initials, "suffix": author.suffix}
    return {name: value for name, value in parts.items() if value}


def render_bibtex(sources: Iterable[Source]) -> str:
    """BibTeX, in UTF-8; keys are the ids."""
    return "\n".join(_bibtex_entry(source) for source in sources)


def _bibtex_entry(source: Source) -> str:
    kind = find_kind(source)
    fields: dict[str, str | None] = {
        "title": f"{{{escape_tex(source.title)}}}",
        "author": " and ".join(_bibtex_name(parse_author(author)) for author in source.authors) or None,
        {"article": "journal", "book": "publisher"}.get(kind, "howpublished"): _tex(source.container),
        "year": str(source.year) if source.year else None,
        "volume": _tex(source.volume),
        "number": _tex(source.issue),
        "pages": _tex(source.pages and re.sub(r"(?<=\w)[-\u2013](?=\w)", "--", source.pages)),
        "doi": source.doi,
        "url": source.url,
        "pmid": source.pmid,
        "pmcid": source.pmcid,
        "note": _tex(". ".join(filter(None, (", ".join(code.code for code in source.registration), source.note)))),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{KINDS[kind][1]}{{{source.id},\n{lines}}}\n"


def _bibtex_name(author: Author) -> str:
    name = escape_tex(author.inverted())
    return name if author.initials else f"{{{name}}}"


def _tex(text: str | None) -> str | None:
    return escape_tex(text) if text else None


TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def escape_tex(text: str) -> str:
    """Text in which nothing is a command."""
    return "".join(TEX.get(character, character) for character in text)


def render_ris(sources: Iterable[Source]) -> str:
    """RIS, in UTF-8, with the line ends that it asks for."""
    return "".join(f"{tag}  - {value}\r\n" for source in sources for tag, value in _ris_lines(source))


def _ris_lines(source: Source) -> Iterator[tuple[str, str]]:
    kind = find_kind(source)
    first, _, last = (source.pages or "").partition("-")
    lines: list[tuple[str, str | None]] = [
        ("TY", KINDS[kind][2]),
        ("ID", source.id),
        *(("AU", parse_author(author).inverted()) for author in source.authors),
        ("TI", source.title),
        ("T2" if kind == "article" else "PB", source.container),
        ("PY", str(source.year) if source.year else None),
        ("VL", source.volume),
        ("IS", source.issue),
        ("SP", first or None),
        ("EP", last or None),
        ("DO", source.doi),
        ("AN", source.pmid),
        ("C2", source.pmcid),
        ("M1", ", ".join(code.code for code in source.registration)),
        ("UR", source.url and source.url.replace(";", "%3B")),  # a semicolon would begin another address
        ("N1", source.note),
    ]
    yield from ((tag, " ".join(value.split())) for tag, value in lines if value)
    yield "ER", ""
