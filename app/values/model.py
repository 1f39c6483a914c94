"""The base of every model in this project."""

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.values.docstrings import read_docstrings


class Value(BaseModel):
    """An immutable value that accepts no member it does not know. Docstrings below its members describe them in JSON Schemas."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_serialization_defaults_required=True,  # answers hold every member, null when unknown
    )

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core_schema)
        members: dict[str, JsonSchemaValue] = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in read_docstrings(cls).items():
            field = cls.__pydantic_fields__.get(name)
            member = members.get(field.alias or name) if field is not None else None
            if member is not None:
                member.setdefault("description", text)
        return schema
