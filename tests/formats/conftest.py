"""The published catalogue, for tests that every format holds what the JSON holds."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings


@pytest.fixture(params=["sample", "catalogue"])
async def reader(request: pytest.FixtureRequest, releases: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the sample, and then over the published content."""
    folder: Path = releases if request.param == "sample" else request.getfixturevalue("published")
    transport = httpx.ASGITransport(create_app(Settings(releases=folder, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def published_client(published: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the published content."""
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
