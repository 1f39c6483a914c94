"""Dates in order, reviews not overdue, withdrawals complete."""

from collections.abc import Iterator
from datetime import date

from app.content.library import Library
from app.content.problem import Problem
from app.content.reader import Document, Path_
from app.content.review import Change, Reviewed, Withdrawal
from app.content.statement import Statement
from app.values.sections import COLLECTIONS


def check_dates(library: Library, today: date) -> list[Problem]:
    """Problems of dates, versions and withdrawals; overdue reviews are notices."""
    problems: list[Problem] = []
    for name in COLLECTIONS:
        for located in library.find_collection(name).values():
            problems += _item(located.item, located.document, ())
            problems += _review(located.document, (), (located.item.added, located.item.reviewed, located.item.next_review), today)
    for files in library.treatments.values():
        for section in files.sections.values():
            item = section.item
            problems += _review(section.document, (), (item.added, item.reviewed, item.next_review), today)
    for placed in library.statements():
        problems += _item(placed.statement, placed.document, placed.path)
        own = placed.statement
        if own.added or own.reviewed or own.next_review:
            problems += _review(placed.document, placed.path, (placed.added, placed.reviewed, placed.next_review), today)
    return problems


def _item(item: Reviewed | Statement, document: Document, path: Path_) -> Iterator[Problem]:
    yield from _withdrawal(item.status, item.withdrawal, document, path)
    yield from _changes(item.changes, item.version, document, path)


def _withdrawal(status: str, withdrawal: Withdrawal | None, document: Document, path: Path_) -> Iterator[Problem]:
    if (status == "withdrawn") is not (withdrawal is not None):
        message = "`status: withdrawn` and a `withdrawal` go together"
        yield document.problem((*path, "status"), message, "give both, with date and reason, or neither")


def _changes(changes: tuple[Change, ...], version: int, document: Document, path: Path_) -> Iterator[Problem]:
    days = [change.date for change in changes]
    if days != sorted(days):
        yield document.problem((*path, "changes"), "the changes are not in order", "put the oldest first")
    if version > 1 and not changes:
        yield document.problem((*path, "version"), f"version {version} without `changes`", "say in `changes` what became different")


def _review(document: Document, path: Path_, dates: tuple[date, date, date], today: date) -> Iterator[Problem]:
    added, reviewed, next_review = dates
    if reviewed < added:
        yield document.problem((*path, "reviewed"), f"reviewed on {reviewed}, before it was added on {added}", "correct one of the dates")
    if next_review <= reviewed:
        yield document.problem((*path, "next_review"), f"the next review ({next_review}) is not after {reviewed}", "give a later day")
    if added > today or reviewed > today:
        yield document.notice((*path, "reviewed"), "a date lies in the future", "correct it, or look at this machine's clock")
    if next_review < today:
        yield document.notice((*path, "next_review"), f"the review is overdue since {next_review}", "check it against its sources")
