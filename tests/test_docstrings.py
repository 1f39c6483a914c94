"""Descriptions of members come from the docstrings below them."""

from typing import Any

from pydantic import Field

from app.schemas.v1.envelope import IncludingEnvelope
from app.schemas.v1.term import Term
from app.values.docstrings import read_docstrings
from app.values.model import Value


class Outer(Value):
    """An example."""

    first: int
    """On two
    lines."""
    second: int = Field(alias="other", default=0)
    """Goes by another name."""
    third: int = Field(description="said here", default=0)
    """Said here as well."""
    fourth: int = 0
    fifth: "Outer.Inner | None" = None
    """Another shape."""

    class Inner(Value):
        """Within."""

        first: int
        """Deeper."""


class Derived(Outer):
    """An example of an example."""

    first: int
    """Told anew."""


def test_members_of_a_class_its_bases_and_classes_within() -> None:
    assert read_docstrings(Outer)["first"] == "On two\nlines."
    assert read_docstrings(Outer.Inner)["first"] == "Deeper."
    assert read_docstrings(Derived)["first"] == "Told anew."
    assert read_docstrings(Derived)["second"] == "Goes by another name."


def test_schemas_describe_members_by_the_names_that_go_out() -> None:
    members: dict[str, Any] = Derived.model_json_schema()["properties"]
    assert members["first"]["description"] == "Told anew."
    assert members["other"]["description"] == "Goes by another name."
    assert members["third"]["description"] == "said here"
    assert "description" not in members["fourth"]
    assert members["fifth"]["description"] == "Another shape."


def test_shapes_made_of_others_are_described_too() -> None:
    members: dict[str, Any] = IncludingEnvelope[Term].model_json_schema()["properties"]
    assert all(member["description"] for member in members.values())


def test_classes_without_a_source_have_no_descriptions() -> None:
    made = type("Made", (Value,), {"__module__": "nowhere", "__annotations__": {"first": int}})
    assert "first" not in read_docstrings(made)
    assert "description" not in made.model_json_schema()["properties"]["first"]
