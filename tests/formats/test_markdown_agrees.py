"""Markdown agrees with the JSON, number for number and source for source, for every record of the sample and of the catalogue."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.formats.figures import find_cited, find_numbers, list_objects, read_all, read_numbers, walk
from tests.formats.markdown_reader import Document, ToldFact, read_ids

HOLDERS = ("treatments", "sections", "drugs", "conditions", "studies", "syntheses", "claims", "terms")
"""Records that hold facts."""


Records = list[tuple[str, dict[str, Any], Document]]


@pytest.fixture(scope="module")
def records(folder: Path) -> Records:
    """Address, data and Markdown of every record."""
    return [(record.address, record.data, Document(record.text)) for record in read_all(folder, "md", *HOLDERS, "facts", "sources")]


def pick(records: Records, *collections: str) -> Records:
    """The records of some collections, of which there are some."""
    picked = [record for record in records if record[0].split("/")[2] in collections]
    assert picked
    return picked


def list_facts(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The facts that a document holds, in order."""
    return [value for value in list_objects(data) if "certainty" in value and "plain" in value]


def check_numbers(tree: Any, text: str, where: str) -> None:
    """Every number of some data stands in a text; signs are told in words at times."""
    missing = {abs(number) for number in find_numbers(tree, "version")} - read_numbers(text)
    assert not missing, (where, missing)


def test_every_fact_is_told_under_its_id_with_its_words_certainty_and_sources(records: Records) -> None:
    for address, data, document in pick(records, *HOLDERS):
        facts = list_facts(data)
        assert [(fact.id, fact.text, fact.certainty, fact.sources) for fact in document.facts] == [
            (fact["id"], fact["text"], fact["certainty"], [source["id"] for source in fact["sources"]]) for fact in facts
        ], address
        told: dict[str, ToldFact] = {fact.id: fact for fact in document.facts}
        for fact in facts:
            check_numbers(fact["details"], f"{fact['text']} {told[fact['id']].more}", fact["id"])


def test_every_source_is_listed_once_and_every_warning_is_named(records: Records) -> None:
    sources = {data["id"]: data for _, data, _ in pick(records, "sources")}
    for address, data, document in pick(records, *HOLDERS):
        assert set(document.places) == find_cited(data), address
        for name, place in document.places.items():
            source = sources[name]
            published = (source["container"] or source["title"]).partition(",")[0]
            assert place.endswith(f"PMID {source['pmid']}") or place.startswith(published) or not place, (address, name)
            assert place or re.search(r"-\d{4}\b", name), (address, name)
        facts = list_facts(data)
        warnings = {name for fact in facts for name in fact["see_also"] if data.get("pooled", True)}
        assert warnings <= document.warnings | {fact["id"] for fact in facts} | set(data.get("rests_on", [])), address


def test_every_account_of_the_mechanism_has_its_standing_and_its_facts(records: Records) -> None:
    found = 0
    for address, data, document in pick(records, *HOLDERS):
        hypotheses = [value for value in list_objects(data) if "evidence_level" in value]
        assert [(told["id"], told["name"], told["standing"], told["level"].replace(" ", "-")) for told in document.hypotheses] == [
            (value["id"], value["name"], value["standing"], value["evidence_level"]) for value in hypotheses
        ], address
        for told, value in zip(document.hypotheses, hypotheses, strict=True):
            for part in ("steps", "supporting", "contradicting"):
                assert read_ids(told[part] or "") == set(value[part]), (address, value["id"], part)
        found += len(hypotheses)
    assert found


def test_nothing_is_told_that_the_json_does_not_have(records: Records) -> None:
    for address, data, document in pick(records, *HOLDERS):
        texts = " ".join(str(value) for _, value in walk(data) if not isinstance(value, dict | list))
        known = read_numbers(texts) | {95.0} | ({2.0} if "/syntheses/" in address else set[float]())
        told = [line for line in document.lines if not re.match(r"\[\d+\] |(?:\w.*)?Release |- \d+: ", line)]
        for line in told:
            bare = re.sub(r"(?:\[\d+\])+|\|[\d ]+\|$", "", line)
            assert read_numbers(bare) <= known, (address, line, read_numbers(bare) - known)


def test_every_part_of_a_study_has_its_own_figures_and_source(records: Records) -> None:
    for address, data, document in pick(records, "studies"):
        assert f"|{data['arms'][0]['id']}|" in "\n".join(document.lines), address
        for arm in data["arms"]:
            (row,) = (line for line in document.parts[data["name"]] if line.startswith(f"|{arm['id']}|"))
            check_numbers(arm, row, address)
        check_numbers(data["population"], "\n".join(document.parts[data["name"]]), address)
        for part in (*data["outcomes"], *data["adverse_events"]):
            (heading,) = (heading for heading in document.parts if heading.endswith(f" `{part['id']}`"))
            lines = document.parts[heading]
            check_numbers([{**part, "contrasts": []}], "\n".join(lines), f"{address} {part['id']}")
            assert document.find_sources(lines[0]) == [part["source"]], (address, part["id"])
            for result in part["arms"]:
                (row,) = (line for line in lines if line.startswith(f"|{result['arm']}|"))
                check_numbers(result, row, f"{address} {part['id']}")
            check_contrasts(part.get("contrasts", []), lines, address)
            check_computed(part["computed"], lines, address)


def check_contrasts(contrasts: list[dict[str, Any]], lines: list[str], where: str) -> None:
    """Each published comparison is a line, in the order of the data; a note that all share has one of its own."""
    told = [line for line in lines if line.startswith("- Published ")]
    assert len(told) == len(contrasts), where
    for contrast, line in zip(contrasts, told, strict=True):
        assert line.startswith(f"- Published {contrast['kind']}, {contrast['treatment']} against {contrast['comparator']}: "), where
        spread = contrast["low"] is not None or contrast["high"] is not None
        check_numbers({**contrast, "level_percent": contrast["level_percent"] if spread else None}, line, where)
        assert contrast["p"] is None or f"p {contrast['p']}" in line, where
        assert contrast["note"] is None or contrast["note"] in line or f"- Published, all: {contrast['note']}" in lines, where


def check_computed(effects: list[dict[str, Any]], lines: list[str], where: str) -> None:
    for effect in effects:
        sides = f"{effect['treatment']} against {effect['comparator']}: "
        assert any(
            line.startswith((f"  - {sides}", f"- Computed (95 % CI), {sides}"))
            and find_numbers(effect).keys() <= read_signed(line)
            and effect["kind"] in line
            for line in lines
        ), (where, effect)


def read_signed(text: str) -> set[float]:
    """The numbers of a text with their signs; a dash between two ends is none."""
    return {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)}


def test_every_result_that_enters_a_synthesis_is_told_with_its_own_figures(records: Records) -> None:
    for address, data, document in pick(records, "syntheses"):
        without = {row["study"]: row for row in data["leave_one_out"]}
        for entry in data["entries"]:
            (line,) = (line for line in document.lines if line.startswith((f"|{entry['figure']}|", f"- {entry['figure']}: ")))
            check_numbers([entry, without.get(entry["study"])], line, address)
        for pool in data["published"]:
            assert any(document.find_sources(line)[-1:] == [pool["source"]] and _has(pool, line) for line in document.lines), (
                address,
                pool,
            )
        check_numbers(data, "\n".join(document.lines), address)


def _has(tree: Any, line: str) -> bool:
    return find_numbers(tree).keys() <= read_signed(line)


def test_every_figure_of_a_drug_stands_with_its_own_sources(records: Records) -> None:
    for address, data, document in pick(records, "drugs"):
        text = "\n".join(document.lines)
        check_numbers(data, text, address)
        parts = [
            ("Targets", "name", data["targets"]),
            ("In the body", "name", data["pharmacokinetics"]),
            ("Forms", "form", data["formulations"]),
        ]
        for heading, key, values in [*parts, ("Metabolites", "name", data["metabolites"])]:
            lines = [line for line in document.parts.get(heading, []) if line]
            assert len(lines) == len(values), (address, heading)
            for value, line in zip(values, lines, strict=True):
                assert line.startswith(f"- {value[key]}: "), (address, line)
                marks = re.search(r"(?:\[\d+\])+$", line)
                assert document.find_sources(marks[0] if marks else "") == [source["id"] for source in value["sources"]], (address, line)
                check_numbers(value, line, address)


def test_a_single_fact_has_both_wordings_its_figures_sources_and_warnings(records: Records) -> None:
    for address, data, document in pick(records, "facts"):
        assert document.lines[0] == f"# {data['id']}"
        assert document.lines[2].startswith(data["text"]), address
        assert f"In plain words: {data['plain']}" in document.lines
        check_numbers(data["details"], document.lines[2], address)
        graded = f"Certainty: {data['certainty'].replace('-', ' ')}. {data['certainty_reason']}"
        assert (graded in document.lines) is (data["certainty"] != "not-graded"), address
        cited = [line for line in document.lines if re.match(r"\[\d+\] ", line)]
        assert len(cited) == len(data["sources"]), address
        for place, (source, line) in enumerate(zip(data["sources"], cited, strict=True), 1):
            assert line.startswith(f"[{place}] {source['citation'].partition(',')[0]}"), (address, line)
            assert f", {source['locator']}" in line or source["locator"] is None, (address, line)
            number = re.sub(r"https://doi\.org/|https://pubmed\.ncbi\.nlm\.nih\.gov/(\d+)/?", r"\1", source["url"] or "")
            assert line.endswith((f"/v1/sources/{source['id']}", f"doi:{number}", f" {number}")), (address, line)
        assert document.warnings == set(data["see_also"]), address
        assert f"Reviewed {data['reviewed']}. Information, not medical advice." in document.lines


def test_a_source_has_all_that_finds_it_and_all_that_cites_it(records: Records) -> None:
    for address, data, document in pick(records, "sources"):
        text = "\n".join(document.lines)
        names = ("title", "container", "year", "volume", "issue", "pages", "pmid", "pmcid", "doi", "note")
        told = [str(data[name]) for name in names if data[name] is not None]
        told += [code["code"] for code in data["registration"]] + data["authors"][:3]
        told += [] if data["doi"] or data["pmid"] or data["url"] is None else [data["url"]]
        assert [part for part in told if part not in text] == [], address
        listed = [line for line in document.lines if line.startswith("Cited by: ")]
        assert (read_ids(listed[0]) if listed else set()) == set(data["cited_by"]), address
        assert Counter(data["cited_by"]).total() == len(set(data["cited_by"]))
