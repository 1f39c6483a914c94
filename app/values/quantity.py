"""Amounts with their units, and spans of time."""

import re
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from app.values.model import Value

Unit = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\s]+$")]
"""A unit code in UCUM: ``mg/kg``, ``mm[Hg]``, ``min``, ``%``, ``/min``, ``ng/mL``, ``1`` for a pure number."""

_N = r"\d+(?:\.\d+)?"

DURATION = rf"P(?:(?:{_N}[YMWD])+(?:T(?:{_N}[HMS])+)?|T(?:{_N}[HMS])+)"

Duration = Annotated[str, StringConstraints(pattern=rf"^{DURATION}$", max_length=40)]
"""An ISO 8601 duration: ``PT40M``, ``P1D``, ``P4W``, ``P6M``."""


_PART = re.compile(rf"({_N})([YMWDHS])")
_HOURS = {"Y": 8766.0, "M": 730.5, "W": 168.0, "D": 24.0, "H": 1.0, "S": 1 / 3600}


def read_hours(duration: str) -> float:
    """An ISO 8601 duration in hours; months and years at their mean lengths."""
    days, _, time = duration.removeprefix("P").partition("T")
    total = sum(float(number) * _HOURS[unit] for number, unit in _PART.findall(days))
    return total + sum(float(number) * (1 / 60 if unit == "M" else _HOURS[unit]) for number, unit in _PART.findall(time))


class Quantity(Value):
    """One amount with its unit."""

    value: Annotated[float, Field(allow_inf_nan=False)]
    """The amount, in `unit`."""
    unit: Unit
    """UCUM unit code."""


class Range(Value):
    """An amount that is known as a range; one end may be open."""

    low: Annotated[float | None, Field(allow_inf_nan=False)] = None
    """Lower end in `unit`, null when open."""
    high: Annotated[float | None, Field(allow_inf_nan=False)] = None
    """Upper end in `unit`, null when open."""
    unit: Unit
    """UCUM unit code of both ends."""

    @model_validator(mode="after")
    def _ends_in_order(self) -> Self:
        if self.low is None and self.high is None:
            raise ValueError("a range needs at least one end: give `low`, `high` or both")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"`low` ({self.low:g}) is above `high` ({self.high:g}): swap them or correct the figure")
        return self


class TimeSpan(Value):
    """When something begins or how long it lasts, as a sentence part and as durations."""

    label: Annotated[str, StringConstraints(min_length=1, max_length=160)]
    """In words: "within 1 hour", "about 2 hours after the infusion"."""
    low: Duration | None = None
    """Earliest or shortest, as an ISO 8601 duration."""
    high: Duration | None = None
    """Latest or longest, as an ISO 8601 duration."""
