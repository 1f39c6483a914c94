"""The base of every model in this project."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value that accepts no member it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,  # answers hold every member, null when unknown
    )
