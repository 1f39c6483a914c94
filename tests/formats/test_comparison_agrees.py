"""Markdown and pictures of comparisons agree with the JSON, cell for cell, for pairs of all treatments of the sample and of the catalogue."""

import re

import httpx
import pytest

from tests.formats.figures import get_data
from tests.formats.markdown_reader import read_ids
from tests.formats.test_tables_agree import list_comparisons

pytestmark = pytest.mark.anyio


async def test_markdown_of_comparisons_has_every_cell_and_all_that_it_rests_on(reader: httpx.AsyncClient) -> None:
    for address in await list_comparisons(reader):
        data = await get_data(reader, address)
        text = (await reader.get(f"{address}&format=md")).raise_for_status().text
        rows = re.findall(r"^\| (\d+)\. (.*) \|$", text, re.MULTILINE)
        assert [int(place) for place, _ in rows] == list(range(1, len(data["rows"]) + 1))
        for row, (_, told) in zip(data["rows"], rows, strict=True):
            cells = re.split(r"(?<!\\) \| ", told)[1:]
            for cell, words in zip(row["cells"], cells, strict=True):
                assert words.replace("\\|", "|").startswith(cell["value"] or cell["reason"]), (address, words)
                assert not (cell["value"] and cell["certainty"]) or cell["certainty"].replace("-", " ") in words, (address, words)
        grounds = dict(re.findall(r"^- `treatment\.([a-z0-9-]+)\.…`: (.*)$", text, re.MULTILINE))
        for treatment in data["treatments"]:
            parts = dict(part.split(": ", 1) for part in grounds.get(treatment["id"], "").split("; ") if part)
            for place, row in enumerate(data["rows"], 1):
                (cell,) = (cell for cell in row["cells"] if cell["treatment"] == treatment["id"])
                names = {name for name in re.split(r"[ ,()]+", parts.get(str(place), "")) if "." in name or "/" in name}
                whole = {name if name.startswith(("/", "treatment.")) else f"treatment.{treatment['id']}.{name}" for name in names}
                assert whole >= {*cell["facts"], *cell["see_also"], *(f"/v1/syntheses/{name}" for name in cell["syntheses"])}, (
                    address,
                    place,
                )
        for pair in data["pairs"]:
            assert [part for part in (pair["note"], *(study["citation"] for study in pair["studies"])) if part not in text] == [], address
            for fact in pair["facts"]:
                (line,) = {line for line in text.splitlines() if line.startswith(f"  - {fact['text']} ") and f"`{fact['id']}`" in line}
                assert f"sources {', '.join(source['id'] for source in fact['sources'])}" in line, address
                assert read_ids(line) == {fact["id"], *fact["see_also"]}, address
