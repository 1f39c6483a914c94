"""Claims: what is often said, and a verdict."""

from pydantic import Field

from app.schemas.v1.common import Dated, ItemLinks, Reference
from app.schemas.v1.fact import FactInSection
from app.values.model import Value


class Claim(Dated):
    """Something that is often said, and what the evidence says of it."""

    id: str = Field(examples=["fda-approval-1970s"])
    """Id of the claim."""
    claim: str
    """The claim, in our words. Never show it without the verdict."""
    verdict: str = Field(examples=["partly-supported"])
    """`supported`, `partly-supported`, `not-supported`, `contradicted` or `unverifiable`."""
    treatments: list[Reference]
    """Treatments that it is about."""
    findings: list[FactInSection]
    """Why; the first statement sums up."""
    rests_on: list[str]
    """Ids of the facts that decide it."""
    studies: list[str]
    """Ids of the studies that decide it."""
    syntheses: list[str]
    """Ids of the syntheses that decide it."""
    links: ItemLinks
    """Addresses."""


class ClaimCard(Value):
    """A claim, in a list."""

    id: str
    """Id of the claim."""
    claim: str
    """The claim, in our words. Never show it without the verdict."""
    verdict: str
    """`supported`, `partly-supported`, `not-supported`, `contradicted` or `unverifiable`."""
    text: str
    """Why, for professionals."""
    plain: str
    """Why, in everyday words."""
    treatments: list[str]
    """Ids of the treatments that it is about."""
    links: ItemLinks
    """Addresses."""
