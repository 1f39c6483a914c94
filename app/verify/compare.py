"""A source beside the record that a service keeps of it: every difference, with its line."""

from collections.abc import Iterator

from app.content.library import Located
from app.content.problem import Problem
from app.content.reader import Path_
from app.content.source import Source
from app.verify.fold import SIMILAR, find_family, is_beginning, is_same_container, is_same_name, measure_likeness, strip_tags
from app.verify.form import fold_doi
from app.verify.record import NoticeKind, Record

_NAMED_BY: dict[NoticeKind, tuple[str, ...]] = {
    "retraction": ("retract", "withdrawn"),
    "concern": ("concern", "retract"),
    "correction": ("correct", "errat", "corrigend", "retract"),
    "newer": ("version", "preprint", "updated", "replaced", " is now "),
    "about-another": ("correct", "errat", "corrigend", "retract", "concern"),
}
"""Words in a source's `note` that show that a reader is told of such a notice."""

_HEADS: dict[NoticeKind, str] = {
    "retraction": "this work was retracted",
    "concern": "there is an expression of concern",
    "correction": "there is a correction",
    "newer": "there is a newer version",
    "about-another": "this is itself a notice about another work",
}


def compare_source(located: Located[Source], record: Record, service: str) -> list[Problem]:
    """What differs between a source and a record that was found; nothing that either leaves out is compared."""
    return [
        *_compare_title(located, record, service),
        *_compare_authors(located, record, service),
        *_compare_year(located, record, service),
        *_compare_container(located, record, service),
        *_compare_numbers(located, record, service),
        *list_notices(located, record, service),
    ]


def compare_registration(located: Located[Source], record: Record, service: str) -> list[Problem]:
    """What differs between a source and the registration of its trial.

    An article has a title, authors and a year of its own; only a source that is the registration itself shares its title."""
    title = _compare_title(located, record, service) if located.item.kind == "registry" else ()
    return [*title, *list_notices(located, record, service)]


def list_notices(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    """Retractions (errors) and other notices, unless the source's note names them."""
    note = (located.item.note or "").lower()
    for notice in record.notices:
        if any(word in note for word in _NAMED_BY[notice.kind]):
            continue
        message = f"{service}: {_HEADS[notice.kind]}: {notice.text}"
        if notice.kind == "retraction":
            yield located.document.problem(("id",), message, "do not rest statements on it, or name the retraction in `note`")
        else:
            yield located.document.notice(("id",), message, "see whether it changes what we say, and name it in `note`")


def _compare_title(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    ours = located.item.title
    if not record.titles:
        return
    likeness, theirs = max((measure_likeness(ours, title), title) for title in record.titles)
    if likeness == 1:
        return
    message = f"{service} has the title “{strip_tags(theirs)}” ({likeness:.0%} alike)"
    is_cut = any(is_beginning(ours, title) for title in record.titles)
    is_explained = "title" in (located.item.note or "").lower()
    if likeness >= SIMILAR or is_cut or is_explained:
        yield located.document.notice(("title",), message, "compare the two word by word, and copy the title as printed")
    else:
        yield located.document.problem(("title",), message, "correct the title, or the number that leads to another work")


def _compare_authors(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    ours = [find_family(author) for author in located.item.authors]
    theirs = record.authors
    if not ours or not theirs:
        return
    if not is_same_name(ours[0], theirs[0]):
        message = f"{service} names {theirs[0]} as the first author, not {ours[0]}"
        yield located.document.problem(("authors", 0), message, "correct the authors, or the number that leads to another work")
    # Indexes cut long lists: when all that the record names is ours too, our further names are no contradiction.
    is_cut = all(any(is_same_name(our, their) for our in ours) for their in theirs)
    for index, our in enumerate(ours[1:], start=1):
        if any(is_same_name(our, their) for their in theirs):
            continue
        message = f"{service} has no author named {our}"
        where: Path_ = ("authors", index)
        if is_cut:
            yield located.document.notice(where, message, "see whether the list of the record was cut short")
        else:
            yield located.document.problem(where, message, "correct the name or take it out")


def _compare_year(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    year = located.item.year
    if year is None or not record.years or year in record.years:
        return
    years = " or ".join(str(year) for year in sorted(set(record.years)))
    yield located.document.problem(
        ("year",), f"{service} has {years}, not {year}", "give the year of the print or of the first online version"
    )


def _compare_container(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    container = located.item.container
    if container is None or not record.containers or any(is_same_container(container, other) for other in record.containers):
        return
    message = f"{service} has it in “{record.containers[0]}”, not “{container}”"
    yield located.document.notice(("container",), message, "see whether both names mean one publication")


def _compare_numbers(located: Located[Source], record: Record, service: str) -> Iterator[Problem]:
    source, document = located.item, located.document
    if source.doi and record.doi and fold_doi(source.doi) != fold_doi(record.doi):
        message = f"{service} has the DOI {record.doi} for this work, not {source.doi}"
        yield document.problem(("doi",), message, "find out which of the two numbers leads to this work, and correct the other")
    if source.pmid and record.pmid and source.pmid != record.pmid:
        message = f"{service} has the PubMed number {record.pmid} for this DOI, not {source.pmid}"
        yield document.problem(("pmid",), message, "find out which of the two numbers leads to this work, and correct the other")
    if source.pmcid and record.pmcid and source.pmcid != record.pmcid:
        message = f"{service} has the PubMed Central number {record.pmcid}, not {source.pmcid}"
        yield document.problem(("pmcid",), message, "correct the number")
    if record.pmid and not source.pmid:
        yield document.notice(("doi",), f"{service} has this work as number {record.pmid}", f'add `pmid: "{record.pmid}"`')
