"""The guide: Markdown files, served as pages, and as they are for language models."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import NotFound
from app.values.near import find_near_names

if TYPE_CHECKING:
    from app.api.pages.markdown import Rendered

FOLDER: Final = Path(__file__).parent / "guide"

GROUPS: Final = {
    "Begin": ("start", "frontend", "chatbot", "analyst"),
    "How it works": ("facts", "formats", "caching", "versions", "errors", "limits", "citing"),
}
"""The pages in reading order."""

NAMES: Final = tuple(name for names in GROUPS.values() for name in names)


@dataclass(frozen=True)
class GuidePage:
    """A page of the guide. The file begins with its title as a heading and a paragraph that sums it up."""

    name: str
    title: str
    summary: str
    text: str
    """All of the file."""
    body: str
    """What follows the summary."""

    @property
    def rendered(self) -> "Rendered":
        """The body in HTML."""
        return _render(self.name)


@cache
def get_guide_page(name: str) -> GuidePage:
    """A page by name; raises `NotFound`."""
    if name not in NAMES:
        raise NotFound(f"The guide has no page `{name}`.", find_near_names(name, NAMES))
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    title, summary, body = text.split("\n\n", 2)
    return GuidePage(name, title.removeprefix("# "), " ".join(summary.split()), text, body)


def list_guide() -> dict[str, list[GuidePage]]:
    """All pages by group, in reading order."""
    return {group: [get_guide_page(name) for name in names] for group, names in GROUPS.items()}


@cache
def _render(name: str) -> "Rendered":
    from app.api.pages.markdown import render_guide

    return render_guide(get_guide_page(name).body)
