"""Versions, reviews, changes and withdrawals: what every item that we publish carries."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.values.certainty import Status
from app.values.model import Value

Sentence = Annotated[str, StringConstraints(min_length=3, max_length=600, strip_whitespace=True)]
"""One or two sentences."""


class Change(Value):
    """Something that happened to an item's meaning."""

    date: date
    """Day of the change."""
    kind: Literal["added", "corrected", "updated", "reviewed", "withdrawn"]
    """`corrected`: it was wrong; `updated`: the world or the evidence moved."""
    note: Sentence
    """What changed and why, for the people who use the item."""


class Withdrawal(Value):
    """Why an item is no longer served."""

    on: date
    """Day of the withdrawal."""
    reason: Sentence
    """Why it was withdrawn."""
    successor: str | None = None
    """Id of the item of the same collection that replaces it."""


class Reviewed(Value):
    """Fields about the item itself rather than its subject."""

    version: Annotated[int, Field(ge=1)] = 1
    """Rises by one when the meaning changes."""
    added: date
    """Day the item was first published."""
    reviewed: date
    """Day a person last checked the item against its sources."""
    next_review: date
    """Day by which it is to be checked again."""
    status: Status = "active"
    """`withdrawn` items stay in their file and answer 410."""
    withdrawal: Withdrawal | None = None
    """Given exactly when `status` is `withdrawn`."""
    changes: tuple[Change, ...] = ()
    """What happened after `added`, oldest first."""
