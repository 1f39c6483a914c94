"""FastAPI as most people would write it, for comparison: a parsed section behind a response model, and the same as ready bytes."""

import json
import os
from pathlib import Path

from fastapi import FastAPI, Response

from app.schemas.v1.envelope import IncludingEnvelope
from app.schemas.v1.treatment import SectionDocument

TEXT = Path(os.environ["SECTION"]).read_text(encoding="utf-8")
PARSED = IncludingEnvelope[SectionDocument].model_validate(json.loads(TEXT))
app = FastAPI()


@app.get("/model")
async def read_model() -> IncludingEnvelope[SectionDocument]:  # the annotation is the response model
    """As a model."""
    return PARSED


@app.get("/bytes")
async def read_bytes() -> Response:
    """As bytes."""
    return Response(TEXT, media_type="application/json")
