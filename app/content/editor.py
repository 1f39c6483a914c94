"""JSON Schemas of the content files, for editors."""

import json

from pydantic import BaseModel

from app.content.condition import Claim, Condition, Term
from app.content.drug import Drug
from app.content.notice import Notices
from app.content.source import Source
from app.content.study import Study
from app.content.synthesis import Synthesis
from app.content.treatment import Section, Treatment

MODELS: dict[str, type[BaseModel]] = {
    "treatment": Treatment, "section": Section, "drug": Drug, "condition": Condition, "study": Study, "synthesis": Synthesis,
    "claim": Claim, "source": Source, "term": Term, "notices": Notices,
}  # fmt: skip
"""The model of each kind of content file."""


def render_schemas() -> dict[str, str]:
    """File name and text of the JSON Schema of each kind of content file."""
    return {f"{name}.schema.json": _render(model) for name, model in MODELS.items()}


def _render(model: type[BaseModel]) -> str:
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
