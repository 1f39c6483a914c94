"""Words in pictures."""

import pytest

from app.formats.svg import break_lines


@pytest.mark.parametrize("text", ["in 24 h", "28 % of people", "Q = 1.17 (p = 0.76)", "0.5 mg/kg", "64 %, 40 min, 5 points"])
def test_no_line_ends_between_a_number_and_its_unit(text: str) -> None:
    for width in range(10, 400, 10):
        lines = break_lines(text, width, 14)
        assert " ".join(lines) == text
        assert not any(line.startswith(("%", "h", "mg", "min", "points", "=")) or line.endswith("=") for line in lines)
