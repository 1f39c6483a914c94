"""Small parts that every resource is made of: ids, references, concepts, quantities, extensions."""

import uuid
from collections.abc import Iterable, Mapping, Sequence

from app.formats.tree import Node, Tree, is_empty
from app.schemas.v1.common import Code
from app.schemas.v1.fact import SourceInSection
from app.schemas.v1.source import Source
from app.values.quantity import Quantity, Range

OWN = "urn:treatment-information:"
"""What the addresses of our own identifier systems and extensions begin with."""

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, OWN)
UCUM = "http://unitsofmeasure.org"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"


def find_uuid(collection: str, name: str) -> str:
    """The same UUID for the same record in every bundle and release."""
    return str(uuid.uuid5(NAMESPACE, f"{collection}/{name}"))


def refer(collection: str, name: str, display: str | None = None) -> Node:
    """A reference to a record, by its UUID and, for those who lack the bundle that holds it, by its id."""
    return {"reference": f"urn:uuid:{find_uuid(collection, name)}", "identifier": identify(collection, name), "display": display}


def identify(collection: str, name: str) -> Node:
    """The id of a record in this catalogue."""
    return {"system": f"{OWN}{collection}", "value": name}


def concept(text: str | None, *codings: Node) -> Node:
    """A concept in words, with codes where there are any."""
    return {"text": text, "coding": codings}


def coded(system: str, code: str, display: str) -> Node:
    """A concept of a code system that HL7 keeps."""
    return {"coding": [{"system": TERMINOLOGY + system, "code": code, "display": display}], "text": display}


def render_coding(code: Code) -> Node:
    """A code of another system; that it is superseded stands in an extension."""
    status = [] if code.status == "current" else [extend("code-status", code.status)]
    return {"system": code.system, "code": code.code, "display": code.display, "extension": status}


def amount(value: float | None, unit: str | None = None) -> Node | None:
    """A figure, with its UCUM unit where it has one."""
    if value is None:
        return None
    return {"value": value, "unit": unit, "system": UCUM if unit else None, "code": unit}


def render_quantity(quantity: Quantity) -> Node | None:
    """A quantity."""
    return amount(quantity.value, quantity.unit)


def interval(low: float | None, high: float | None, unit: str | None = None) -> Node | None:
    """A range; nothing when both ends are open."""
    return {"low": amount(low, unit), "high": amount(high, unit)} if low is not None or high is not None else None


def render_range(between: Range) -> Node | None:
    """A range with its unit."""
    return interval(between.low, between.high, between.unit)


def extend(name: str, value: Tree, *, prefix: str = OWN) -> Node:
    """One of our own extensions. Objects become nested extensions, which have the bare names of their members as FHIR asks for."""
    url = f"{prefix}{name}"
    match value:
        case bool():
            return {"url": url, "valueBoolean": value}
        case int():
            return {"url": url, "valueInteger": value}
        case float():
            return {"url": url, "valueDecimal": value}
        case str():
            return {"url": url, "valueString": value}
        case Mapping():
            return {"url": url, "extension": extend_members(value, prefix="")}
        case _:
            raise TypeError(f"{name} is a list: use extend_all")


def extend_all(name: str, value: Tree, *, prefix: str = OWN) -> list[Node]:
    """An extension for a value, one for each entry of a list, none where there is nothing."""
    if is_empty(value):
        return []
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [entry for part in value for entry in extend_all(name, part, prefix=prefix)]
    return [extend(name, value, prefix=prefix)]


def extend_members(members: Node, *, prefix: str = OWN) -> list[Node]:
    """Extensions for the members of an object."""
    return [entry for name, value in members.items() for entry in extend_all(name, value, prefix=prefix)]


class Sources:
    """The sources that a bundle cites, by id."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self.by_id = {source.id: source for source in sources}

    def cite(self, name: str, locator: str | None = None, check: str | None = None) -> Node:
        """A source as a related artifact: the `Citation` in the same bundle, where in it, and how that was checked."""
        return {"type": "citation", "label": locator, "resourceReference": refer("sources", name), "extension": extend_all("check", check)}

    def cite_each(self) -> list[Node]:
        """Every source once."""
        return [self.cite(name) for name in self.by_id]

    def cite_all(self, refs: Iterable[SourceInSection]) -> list[Node]:
        """The sources of a statement or figure."""
        return [self.cite(ref.id, ref.locator, getattr(ref, "check", None)) for ref in refs]

    def extend(self, refs: Iterable[SourceInSection], *, prefix: str = OWN) -> list[Node]:
        """The same as extensions, for elements that have no place of their own for sources."""
        return [{"url": f"{prefix}source", "valueRelatedArtifact": artifact} for artifact in self.cite_all(refs)]
