"""A running service with the published catalogue."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.running import serving


@pytest.fixture(scope="session")
def address(published: Path) -> Generator[str]:
    """Where a service with the published catalogue listens."""
    with serving(published, "--no-build", "--no-access-log") as address:
        yield address
