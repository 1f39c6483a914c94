"""Errors, as RFC 9457 problem details."""

from pydantic import Field

from app.values.model import Value


class Fault(Value):
    """One thing that is wrong with the request."""

    location: str = Field(alias="in", examples=["query"])
    """Part of the request: `query`, `path`, `header` or `body`."""
    name: str = Field(examples=["limit"])
    """Name of the parameter."""
    detail: str
    """What is wrong and what would be right."""
    did_you_mean: list[str]
    """Near names that exist; empty when nothing is near."""


class Problem(Value):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(examples=["/problems/not-found"])
    """Address of a page about this kind of problem."""
    title: str
    """Kind of problem, in words."""
    status: int
    """HTTP status."""
    detail: str
    """What is wrong with this request."""
    instance: str
    """The request's path."""
    code: str = Field(examples=["not-found"])
    """Kind of problem, for programs."""
    errors: list[Fault]
    """Each thing that is wrong with the request; empty when the fault is not in a parameter."""
    did_you_mean: list[str]
    """Near ids or addresses that exist; empty when nothing is near."""
    successor: str | None
    """Address of what replaces a withdrawn item; null otherwise."""
    formats: list[str]
    """Formats that the resource has, when another one was asked for; empty otherwise."""
