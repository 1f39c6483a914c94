"""The two vocabularies, and the graph around every answer."""

from collections.abc import Iterable, Mapping, Sequence

from app.formats.tree import Node, Tree, is_empty, write
from app.schemas.v1.common import Code, Reference
from app.schemas.v1.envelope import Meta

OWN = "urn:treatment-information:v1:"
"""What the names of our own vocabulary begin with; after it stands the name of the member in JSON, which means the same."""

REFERENCES = (
    "about", "mainEntity", "citation", "isPartOf", "isBasedOn", "license", "url", "contentUrl", "sameAs", "subjectOf", "trialDesign",
    "inDefinedTermSet", "ti:see_also", "ti:source",
)  # fmt: skip
"""Properties whose plain texts are addresses."""

CONTEXT: Node = {
    "@vocab": "https://schema.org/",
    "ti": OWN,
    **{name: {"@id": name if ":" in name else f"https://schema.org/{name}", "@type": "@id"} for name in REFERENCES},
}
"""Written into every answer, so that reading one asks no other server."""

LICENSES = {"CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/"}


def find_license(meta: Meta) -> str:
    """The address of the licence of the content."""
    return LICENSES.get(meta.license, meta.license)


def own(data: Node) -> Node:
    """Members under our own vocabulary, whatever they hold."""
    return {f"ti:{name}": _own(value) for name, value in data.items()}


def _own(tree: Tree) -> Tree:
    if isinstance(tree, Mapping):
        return own(tree)
    if isinstance(tree, Sequence) and not isinstance(tree, str):
        return [_own(entry) for entry in tree]
    return tree


def render_code(code: Code) -> Node:
    """A code of another system."""
    return {
        "@type": "MedicalCode", "codingSystem": code.system, "codeValue": code.code, "name": code.display,
        "ti:status": code.status,
    }  # fmt: skip


def render_reference(reference: Reference, kind: str) -> Node:
    """A record that is only pointed at."""
    return {"@type": kind, "@id": reference.href, "name": reference.name}


def address(collection: str, name: str) -> str:
    """Address of a record, relative to the server."""
    return f"/v1/{collection}/{name}"


def render_graph(page: Node, nodes: Iterable[Node], meta: Meta) -> str:
    """An answer: the page, with release, licence and disclaimer, then what it is about."""
    about = {
        **page, "version": meta.release, "license": find_license(meta),
        "usageInfo": meta.disclaimer, "ti:api_version": meta.api_version,
    }  # fmt: skip
    return write({"@context": CONTEXT, "@graph": [about, *(node for node in nodes if not is_empty(node))]})
