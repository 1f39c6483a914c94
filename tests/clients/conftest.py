"""The published catalogue, served by a process of its own, as clients meet it."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.conftest import DATA
from tests.running import serving


@pytest.fixture(scope="session")
def running(published: Path) -> Generator[str]:
    """Address of the running service."""
    with serving(published, "--no-build", "--no-access-log", data=DATA) as address:
        yield address


@pytest.fixture
def address(running: str, socket_enabled: None) -> str:
    """Address of the running service, for a test that may use sockets."""
    return running
