"""The sections of a document and the collections of the catalogue."""

from typing import Literal, get_args

SectionName = Literal[
    "overview", "background", "mechanism", "administration", "efficacy", "benefits", "safety", "limitations", "access", "conclusion"
]
"""The ten sections of a treatment, in reading order."""

SECTIONS: tuple[SectionName, ...] = get_args(SectionName)

CollectionName = Literal["treatments", "drugs", "conditions", "studies", "syntheses", "claims", "sources", "terms"]
"""The kinds of record that the catalogue holds."""

COLLECTIONS: tuple[CollectionName, ...] = get_args(CollectionName)

DUMPED = (*COLLECTIONS, "facts")
"""Collections in the order in which a dump holds them."""


def find_section(name: str) -> SectionName | None:
    """The section of that name, if there is one."""
    return next((known for known in SECTIONS if known == name), None)


def find_collection(name: str) -> CollectionName | None:
    """The collection of that name, if there is one."""
    return next((known for known in COLLECTIONS if known == name), None)
