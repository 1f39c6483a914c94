"""Forms of the identifiers that this project gives out and never changes."""

from typing import Annotated

from pydantic import StringConstraints

SLUG = r"[a-z0-9]+(?:-[a-z0-9]+)*"

Slug = Annotated[
    str,
    StringConstraints(pattern=rf"^{SLUG}$", max_length=80),
]
"""Lower-case letters, digits and single hyphens: ``treatment-resistant-depression``."""

FactId = Annotated[
    str,
    StringConstraints(pattern=rf"^{SLUG}(?:\.{SLUG}){{3}}$", max_length=200),
]
"""``<kind>.<owner>.<section>.<slug>``: ``treatment.ketamine.safety.dissociation``."""

FigureRef = Annotated[
    str,
    StringConstraints(pattern=rf"^{SLUG}/{SLUG}$", max_length=160),
]
"""``<study, synthesis or drug>/<outcome or value>``: ``murrough-2013/response-24h``."""
