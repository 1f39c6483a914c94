"""What can be seen without asking anybody: the form of numbers, their check digits, and numbers that stand twice."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

from app.content.library import Library, Located
from app.content.problem import Problem
from app.content.reader import Document, Path_
from app.content.source import Source
from app.values.sections import COLLECTIONS
from app.verify.digits import check_cas, check_isbn_13, check_issn, check_orcid

LARGEST_PMID = 60_000_000
"""PubMed had given about 41 million numbers by 2026 and gives fewer than two million a year."""
LARGEST_PMCID = 30_000_000
"""PubMed Central had given about 13 million numbers by 2026."""

_CODES: Mapping[str, tuple[re.Pattern[str], str]] = {
    "nct": (re.compile(r"NCT\d{8}"), "NCT and 8 digits"),
    "isrctn": (re.compile(r"ISRCTN\d{8}"), "ISRCTN and 8 digits"),
    "anzctr": (re.compile(r"ACTRN\d{14}"), "ACTRN and 14 digits"),
    "umin": (re.compile(r"UMIN\d{9}|C\d{9}"), "UMIN and 9 digits"),
    "eudract": (re.compile(r"(19|20)\d\d-\d{6}-\d\d"), "a year, 6 digits and 2 digits, with hyphens"),
    "cas": (re.compile(r"[1-9]\d{1,6}-\d\d-\d"), "2 to 7 digits, 2 digits and 1 digit, with hyphens"),
}  # fmt: skip
"""Systems whose codes have a form of their own, and that form in words."""

_DOI = re.compile(r"10\.\d{4,9}/[!-~]+")
_PAGE_OF_A_SITE = re.compile(r"(?<=.)/(full|pdf|epdf|abstract|html|meta|fulltext)$", re.IGNORECASE)
_ISBN = re.compile(r"(?<!\d)97[89]\d{10}(?!\d)")
_ISSN = re.compile(r"(?:/S|\(SICI\)|/)(\d{4}-\d{3}[\dXx])(?=\(|$)")
_ORCID = re.compile(r"orcid\.org/(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])")


def check_form(library: Library) -> list[Problem]:
    """Problems of the numbers of all sources, and of the codes of everything else."""
    problems = [problem for located in library.sources.values() for problem in check_source(located)]
    problems += _doubled(library.sources)
    for document in _documents(library):
        problems += _check_codes(document)
    return problems


def check_source(located: Located[Source]) -> Iterator[Problem]:
    """Problems of one source's numbers, but for its registrations."""
    source, document = located.item, located.document
    for key, fault in (
        ("doi", find_doi_fault(source.doi)),
        ("pmid", find_pmid_fault(source.pmid)),
        ("pmcid", find_pmcid_fault(source.pmcid)),
    ):
        if fault is not None:
            yield document.problem((key,), *fault)
    for key, text in (("doi", source.doi), ("url", source.url)):
        for name, number in _find_wrong_digits(text or ""):
            yield document.problem((key,), f"the check digit of the {name} {number} is wrong", "compare it with the source")


Fault = tuple[str, str]
"""What is wrong, and what to do about it."""


def find_doi_fault(doi: str | None) -> Fault | None:
    """What is wrong with the form of a DOI; None when nothing is, or there is none."""
    if doi is None:
        return None
    if not doi.isascii():
        odd = next(letter for letter in doi if not letter.isascii())
        return f"the DOI holds {odd!r} (U+{ord(odd):04X}), which a copy may have put there", "write plain hyphens and letters"
    if re.search(r"%[0-9A-Fa-f]{2}", doi):
        return f"the DOI {doi} is percent-encoded", "write the characters themselves, such as / for %2F"
    if re.search(r"&(lt|gt|amp|#\d+);", doi):
        return f"the DOI {doi} holds an HTML entity", "write the character itself, such as < for &lt;"
    if doi.endswith(tuple(".,;:'\"")) or (doi[-1] in ")]>}" and _is_unbalanced(doi)):
        return f"the DOI {doi} ends in punctuation that belongs to the sentence it was copied from", f"drop the last “{doi[-1]}”"
    if match := _PAGE_OF_A_SITE.search(doi):
        return f"the DOI {doi} ends in a part of a web address", f"drop “{match.group()}”"
    return None if _DOI.fullmatch(doi) else (f"“{doi}” is no DOI", "write 10., the number of the registrant, / and the name")


def _is_unbalanced(doi: str) -> bool:
    closing = doi[-1]
    return doi.count(closing) > doi.count({")": "(", "]": "[", ">": "<", "}": "{"}[closing])


def find_pmid_fault(pmid: str | None) -> Fault | None:
    """What is wrong with the form of a PubMed number."""
    if pmid is None or (re.fullmatch(r"[1-9]\d{0,8}", pmid) and int(pmid) <= LARGEST_PMID):
        return None
    return f"“{pmid}” cannot be a PubMed number yet", f"write a number up to {LARGEST_PMID}, without leading zeros"


def find_pmcid_fault(pmcid: str | None) -> Fault | None:
    """What is wrong with the form of a PubMed Central number."""
    if pmcid is None or (re.fullmatch(r"PMC[1-9]\d*", pmcid) and int(pmcid[3:]) <= LARGEST_PMCID):
        return None
    return f"“{pmcid}” cannot be a PubMed Central number yet", f"write PMC and a number up to {LARGEST_PMCID}, without leading zeros"


def find_code_fault(system: str, code: str) -> Fault | None:
    """What is wrong with the form of a code; None also for systems whose form is not checked here."""
    if system in _CODES:
        form, words = _CODES[system]
        if not form.fullmatch(code):
            return f"the {system} code “{code}” has not the form of one", f"write {words}"
        if system == "cas" and not check_cas(code):
            return f"the check digit of the CAS number {code} is wrong", "compare it with the source"
    return {"doi": find_doi_fault, "pmid": find_pmid_fault, "pmcid": find_pmcid_fault}.get(system, _no_fault)(code)


def _no_fault(_code: str | None) -> Fault | None:
    return None


def _find_wrong_digits(text: str) -> Iterator[tuple[str, str]]:
    """Numbers within an address or a DOI whose check digit does not fit, with their name."""
    checks: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
        ("ISBN", _ISBN, check_isbn_13), ("ISSN", _ISSN, check_issn), ("ORCID iD", _ORCID, check_orcid),
    )  # fmt: skip
    for name, form, check in checks:
        for number in cast("list[str]", form.findall(text)):
            if not check(number):
                yield name, number


def fold_doi(doi: str) -> str:
    """A DOI in the form in which two are compared: DOIs do not distinguish letters by case."""
    return doi.lower()


def _doubled(sources: Mapping[str, Located[Source]]) -> Iterator[Problem]:
    """Sources with the number of another; DOIs are compared as they would be after mending their end and encoding."""
    first: dict[tuple[str, str], str] = {}
    for source_id, located in sources.items():
        source = located.item
        doi = source.doi and re.sub(r"%2f", "/", fold_doi(source.doi)).rstrip(".,;:")
        for key, value in (("doi", doi), ("pmid", source.pmid), ("pmcid", source.pmcid)):
            if value is None:
                continue
            if (key, value) in first:
                message = f"the {key} {value} is already that of source `{first[key, value]}`"
                yield located.document.problem((key,), message, "cite that source and delete this file, or correct the number")
            first.setdefault((key, value), source_id)


def _documents(library: Library) -> Iterator[Document]:
    for name in COLLECTIONS:
        for located in library.find_collection(name).values():
            yield located.document


def _check_codes(document: Document) -> Iterator[Problem]:
    for path, system, code in _find_codings(document.data, ()):
        fault = find_code_fault(system, code)
        if fault is not None:
            yield document.problem((*path, "code"), *fault)


def _find_codings(data: object, path: Path_) -> Iterator[tuple[Path_, str, str]]:
    """Every mapping that has a `system` and a `code`, wherever it stands."""
    if isinstance(data, list):
        for index, item in enumerate(cast("list[object]", data)):
            yield from _find_codings(item, (*path, index))
    elif isinstance(data, dict):
        members = cast("dict[str, object]", data)
        system, code = members.get("system"), members.get("code")
        if isinstance(system, str) and isinstance(code, str):
            yield path, system, code
        for key, value in members.items():
            yield from _find_codings(value, (*path, key))
