"""Where pages get their frame from: templates, policy, and the addresses of the files that they load."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fastapi import Request, Response

if TYPE_CHECKING:
    from jinja2 import Environment

ASSETS: Final = Path(__file__).parent / "assets"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, and nothing from elsewhere."""

_LOCAL: Final = re.compile(r"(\]\(|href=\")(?=/)")


@cache
def load_templates() -> "Environment":
    """Jinja, which is only there for pages, with their templates."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def render_page(request: Request, template: str, **values: Any) -> Response:
    """A page. It depends on nothing that a client sends but the address, so that it may be kept for everybody."""
    root = find_root(request)

    def asset(name: str) -> str:
        return find_asset(root, name)

    text = load_templates().get_template(template).render(root=root, asset=asset, **values)
    return Response(text, media_type="text/html", headers={"Content-Security-Policy": POLICY})


def find_root(request: Request) -> str:
    """The path under which a proxy serves the API; empty for none."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/")


def add_root(text: str, root: str) -> str:
    """A Markdown text whose links within the service carry a root path."""
    return _LOCAL.sub(lambda found: found[0] + root, text) if root else text


def find_asset(root: str, name: str) -> str:
    """The address of a file that pages load. It changes with the file, because browsers keep what they have loaded."""
    return f"{root}/docs/assets/{name}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:8]
