"""Markdown to HTML: headings that can be linked to, samples in tabs, coloured code."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name  # pyright: ignore[reportUnknownVariableType] -- no types upstream

from app.api.pages.samples import Sample, find_groups, read_info
from app.api.pages.template import load_templates

LEXERS: Final = {"sh": "bash", "js": "javascript", "python": "python", "r": "r", "json": "json", "sql": "sql", "html": "html"}

_FORMATTER = HtmlFormatter(nowrap=True)  # pyright: ignore[reportUnknownVariableType] -- no types upstream


@dataclass(frozen=True)
class Heading:
    """A heading of a page, for the list of what is on it."""

    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """A page in HTML."""

    html: Markup
    headings: tuple[Heading, ...]


def parse_markdown(text: str) -> list[Token]:
    """The tokens of a text."""
    return _parser().parse(text)


def render_guide(text: str) -> Rendered:
    """A page of the guide. Its first heading is left to the template."""
    tokens = parse_markdown(text)
    headings: list[Heading] = []
    for heading, inline in pairwise(tokens):
        if heading.type == "heading_open" and heading.tag == "h2":
            found = Heading(make_slug(inline.content), inline.content.replace("`", ""))
            heading.attrSet("id", found.id)
            headings.append(found)
    html = _parser().renderer.render(_group_samples(tokens), _parser().options, {})
    return Rendered(Markup(html), tuple(headings))  # noqa: S704 -- our own files, rendered without raw HTML


def render_inline(text: str) -> Markup:
    """A description of one paragraph, or of several."""
    html = _parser().render(text) if "\n\n" in text or "\n* " in text else _parser().renderInline(text)
    return Markup(html)  # noqa: S704 -- rendered without raw HTML


def make_slug(text: str) -> str:
    """The id of a heading."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def colour(code: str, language: str) -> Markup:
    """Code with its parts marked by class."""
    lexer = _find_lexer(language)
    if lexer is None:
        return Markup.escape(code)
    marked: str = highlight(code, lexer, _FORMATTER)  # pyright: ignore[reportUnknownArgumentType] -- no types upstream
    return Markup(marked)  # noqa: S704 -- Pygments escapes


@cache
def _find_lexer(language: str) -> Lexer | None:
    name = LEXERS.get(language)
    return get_lexer_by_name(name) if name else None


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("fence", _render_fence)
    parser.add_render_rule("table_open", lambda *_arguments: '<div class="wide" tabindex="0"><table>\n')
    parser.add_render_rule("table_close", lambda *_arguments: "</table></div>\n")
    return parser


def _render_fence(_renderer: object, tokens: Sequence[Token], position: int, _options: object, _env: object) -> str:
    token = tokens[position]
    return load_templates().get_template("code.html").render(code=colour(token.content, read_info(token)[0]))


def _group_samples(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with each group of samples as one block."""
    grouped: list[Token] = []
    after = 0
    for begin, end, samples in find_groups(tokens):
        block = Token("html_block", "", 0)
        block.content = render_samples(f"sample-{begin}", samples)
        grouped += [*tokens[after:begin], block]
        after = end
    return [*grouped, *tokens[after:]]


def render_samples(name: str, samples: Sequence[Sample]) -> Markup:
    """Samples that can be chosen by language. `name` tells them from others on the page."""
    return Markup(load_templates().get_template("samples.html").render(name=name, samples=samples, colour=colour))  # noqa: S704 -- escaped
