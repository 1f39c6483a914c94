"""The format of a release rises whenever what is kept in it changes its shape: an older file is then refused, not half understood."""

import hashlib
import json
from typing import cast

from app.release.layout import FORMAT, SCHEMA
from app.schemas.v1.answer import Notice
from app.schemas.v1.claim import Claim
from app.schemas.v1.condition import Condition
from app.schemas.v1.drug import Drug
from app.schemas.v1.fact import FactDetail
from app.schemas.v1.source import Source
from app.schemas.v1.study import Study
from app.schemas.v1.synthesis import Synthesis
from app.schemas.v1.term import Term
from app.schemas.v1.treatment import Section, Treatment, TreatmentCard

KEPT = (Claim, Condition, Drug, FactDetail, Notice, Section, Source, Study, Synthesis, Term, Treatment, TreatmentCard)
EXPLAINS = {"description", "title", "examples"}
PINNED = (12, "e2395e0534baae19")


def strip(value: object) -> object:
    """A JSON Schema without what only explains."""
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        told = (key for key, part in members.items() if key not in EXPLAINS or isinstance(part, dict))
        return {key: strip(members[key]) for key in told}
    return [strip(part) for part in cast("list[object]", value)] if isinstance(value, list) else value


def test_format_rises_with_the_shapes_that_are_kept() -> None:
    shapes = json.dumps([SCHEMA, *(strip(model.model_json_schema()) for model in KEPT)], sort_keys=True)
    found = (FORMAT, hashlib.sha256(shapes.encode()).hexdigest()[:16])
    assert found == PINNED, f"shapes changed: raise FORMAT in app/release/layout.py, then pin {found} here"
