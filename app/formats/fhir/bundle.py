"""Bundles, and what is in every resource."""

from collections.abc import Iterable

from app.formats.fhir.element import OWN, extend, find_uuid, identify
from app.formats.tree import Node, write
from app.schemas.v1.envelope import Meta


def render_resource(kind: str, collection: str, name: str, members: Node, key: str | None = None) -> Node:
    """A resource of a record. `key` tells several resources of one record apart."""
    return {"resourceType": kind, "id": find_uuid(collection, key or name), "identifier": [identify(collection, name)], **members}


def render_bundle(address: str, resources: Iterable[Node], meta: Meta) -> str:
    """A collection, with release, licence and disclaimer in its `meta`; the same resource stands in it once."""
    found = {str(resource["id"]): resource for resource in resources}
    return write(
        {
            "resourceType": "Bundle",
            "id": find_uuid("bundles", address),
            "meta": {
                "extension": [extend("license", meta.license), extend("disclaimer", meta.disclaimer)],
                "tag": [{"system": f"{OWN}release", "code": meta.release}],
            },
            "type": "collection",
            "link": [{"relation": "self", "url": f"{address}?format=fhir"}, {"relation": "alternate", "url": address}],
            "entry": [{"fullUrl": f"urn:uuid:{name}", "resource": resource} for name, resource in found.items()],
        }
    )
