"""The sample library, a release of it, and a client that talks to the service in process."""

import shutil
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app.content.checks import get_checked_library
from app.main import create_app
from app.release.build import build_release
from app.release.folder import ReleaseFolder
from app.search.index import write_index
from app.settings import Settings

SAMPLE = Path(__file__).parent / "sample"
DATA = Path(__file__).parents[1] / "app" / "data"
TODAY = date(2026, 6, 1)

Edit = Callable[[str, str, str], Path]


def build_from(data: Path, releases: Path) -> Path:
    """Build a release of `data` and make it current, as `python -m app build` does."""
    built = build_release(get_checked_library(data, TODAY), releases, finish=write_index)
    ReleaseFolder(releases).make_current(built.path)
    return built.path


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the release of the sample."""
    folder = tmp_path_factory.mktemp("releases")
    build_from(SAMPLE, folder)
    return folder


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the release of the published content."""
    folder = tmp_path_factory.mktemp("published")
    build_from(DATA, folder)
    return folder


@pytest.fixture(scope="session")
def app(releases: Path) -> FastAPI:
    """The service over the sample."""
    return create_app(Settings(releases=releases))


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service over the sample."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A copy of the sample that a test may change."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "content"))


@pytest.fixture
def edit(content: Path) -> Edit:
    """Replace text in one file of the copy, which must hold it; returns the content folder."""

    def replace(file: str, old: str, new: str) -> Path:
        path = content / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return content

    return replace
