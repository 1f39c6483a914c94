"""Drawing: the pieces that all plots are made of.

Attributes carry all presentation, because the service's Content-Security-Policy forbids styles; a plot has a light ground of its own,
so that it reads the same on dark and light pages. Pictures are laid out for a width: from `WIDE` on for a page, below for a phone."""

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

WIDE = 900
"""From this width on, plots have columns beside them; below, everything stands in rows."""
PAGE = 1080
"""Width for which the wide plots are laid out; they scale from there."""
NARROWEST, WIDEST = 280, 2000

INK, FAINT, ACCENT, GROUND, GRID = "#1b2733", "#5b6b7b", "#1f5f8b", "#ffffff", "#d5dce3"

LETTER = 0.54
"""Mean width of a letter, as a share of the font's size; broad enough for Helvetica and its stand-ins."""
BOLD = 1.08
"""How much wider bold letters are."""

_TOGETHER = re.compile(r"(?<=\d) (?=(?:%|h|min|mg|mg/kg|points)(?![\w/]))|(?<=\d) (?=mg/kg)| (?==)|(?<==) ")
"""Spaces at which no line may end: before a unit, and about an equals sign."""
_HELD = "\ue000"
"""Stands for such a space while lines are broken."""


@dataclass
class Drawing:
    """A picture of a given width that grows downwards."""

    width: float
    parts: list[str] = field(default_factory=list[str])
    y: float = 0
    """How far down it goes."""

    @property
    def wide(self) -> bool:
        """Whether there is room for columns."""
        return self.width >= WIDE

    def text(self, x: float, y: float, text: str, **look: str | float) -> None:
        """One line of text; `look` may give `anchor`, `size`, `weight` and `fill`."""
        anchor, size = look.get("anchor", "start"), look.get("size", 14)
        parts = f'x="{x:g}" y="{y:g}" text-anchor={quoteattr(str(anchor))} font-size="{size:g}"'
        parts += f" font-weight={quoteattr(str(look.get('weight', 'normal')))} fill={quoteattr(str(look.get('fill', INK)))}"
        self.parts.append(f"<text {parts}>{escape(text)}</text>")

    def paragraph(self, x: float, text: str, *, size: float = 14, weight: str = "normal", fill: str = INK) -> None:
        """Text that is broken into lines and moves the picture's end down."""
        for line in break_lines(text, self.width - 2 * x, size, bold=weight == "bold"):
            self.y += round(size * 1.4)
            self.text(x, self.y, line, size=size, weight=weight, fill=fill)

    def link(self, x: float, words: str, address: str, *, size: float = 13) -> None:
        """Words that lead to an address, with the address written out."""
        self.parts.append(f"<a href={quoteattr(address)}>")
        self.paragraph(x, f"{words} {address}", size=size)
        self.parts.append("</a>")

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str = INK, width: float = 1.5) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self.parts.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{colour}" stroke-width="{width:g}"/>')

    def square(self, x: float, y: float, side: float, look: str) -> None:
        """A square around a middle; `look` holds its attributes."""
        self.parts.append(f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}" {look}/>')

    def circle(self, x: float, y: float, radius: float, look: str) -> None:
        """A circle; `look` holds its attributes."""
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {look}/>')

    def finish(self, title: str, description: str) -> str:
        """The picture as an SVG document, with title and description for those who do not see it."""
        height = round(self.y + 16)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {height}" width="100%" role="img" '
            f'aria-labelledby="title desc" font-family="Helvetica, Arial, sans-serif">'
            f'<title id="title">{escape(title)}</title><desc id="desc">{escape(description)}</desc>'
            f'<rect width="{self.width:g}" height="{height}" fill="{GROUND}"/>{"".join(self.parts)}</svg>'
        )


def start_drawing(title: str, width: int) -> Drawing:
    """An empty picture under its title: as wide as asked, or `PAGE` where there is room for columns."""
    drawing = Drawing(PAGE if width >= WIDE else width, y=10)
    drawing.paragraph(20 if drawing.wide else 12, title, size=17 if drawing.wide else 15, weight="bold")
    return drawing


def break_lines(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Text in lines that are about `width` pixels long at most; a longer word has a line for itself. Breaks come at plain spaces only,
    and never between a number and its unit."""
    text = _TOGETHER.sub(_HELD, text)
    most = max(1, int(width / (size * LETTER * (BOLD if bold else 1))))
    lines: list[str] = []
    for word in text.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return [line.replace(_HELD, " ") for line in lines]


def show_number(value: float, decimals: int = 2) -> str:
    """A number with a real minus sign."""
    return f"{value:.{decimals}f}".replace("-", "\u2212")
