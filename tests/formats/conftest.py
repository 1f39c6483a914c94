"""The published catalogue, for tests that every format holds what the JSON holds."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings


@pytest.fixture(scope="module", params=["sample", "catalogue"])
def folder(request: pytest.FixtureRequest, releases: Path) -> Path:
    """The releases of the sample, and then those of the published content."""
    return releases if request.param == "sample" else request.getfixturevalue("published")


@pytest.fixture
async def reader(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the sample, and then over the published content."""
    transport = httpx.ASGITransport(create_app(Settings(releases=folder, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def published_client(published: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the published content."""
    transport = httpx.ASGITransport(create_app(Settings(releases=published, access_log=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
