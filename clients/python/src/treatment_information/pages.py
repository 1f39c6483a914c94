"""From one page of a list to the next."""

from typing import TypeVar
from urllib.parse import urlsplit

from treatment_information.answer import Page
from treatment_information.errors import ReleaseChanged

T = TypeVar("T")


def find_next(page: Page[T]) -> str | None:
    """Address of the next page; `None` on the last one. Only the query is taken from the link, so that it also holds behind a proxy
    that serves the API under another path."""
    link = page.links.get("next")
    return urlsplit(page.origin.url)._replace(query=urlsplit(link).query).geturl() if link else None


def check_same_release(first: Page[T], page: Page[T]) -> None:
    """Pages of two releases do not make one list.

    Raises:
        ReleaseChanged: when they are of two
    """
    if page.release != first.release:
        raise ReleaseChanged(f"the list began in release {first.release} and goes on in {page.release}: read it again")
