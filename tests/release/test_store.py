import os
import sqlite3
import time
from pathlib import Path

import pytest

from app.errors import Gone, Moved, NotFound, ReleaseError
from app.release.folder import ReleaseFolder
from app.release.store import Page, ReleaseStore
from app.schemas.v1.drug import Drug
from app.schemas.v1.source import Source
from app.schemas.v1.term import Term, TermCard
from tests.conftest import SAMPLE, build_from


@pytest.fixture
def store(releases: Path) -> ReleaseStore:
    return ReleaseStore(ReleaseFolder(releases).get_current())


def test_open_release_tells_what_it_is(store: ReleaseStore) -> None:
    assert store.name.startswith("2026.03.06-")
    assert store.digest.startswith(store.name[-8:])
    assert store.counts["terms"] == 2


def test_item_comes_typed(store: ReleaseStore) -> None:
    drug = store.get_item("drugs", "exemplin", Drug)
    assert [code.status for code in drug.codes] == ["current", "superseded", "current"]
    assert drug.codes[0].system == "http://www.nlm.nih.gov/research/umls/rxnorm"
    assert [reference.id for reference in drug.treatments] == ["exemplin"]


def test_alias_unknown_and_withdrawn_items_differ(store: ReleaseStore) -> None:
    with pytest.raises(Moved) as moved:
        store.get_item("terms", "SaSc", Term)
    assert moved.value.location == "/v1/terms/sample-scale"
    with pytest.raises(NotFound) as missing:
        store.get_item("terms", "respons", Term)
    assert missing.value.did_you_mean == ("response",)
    with pytest.raises(Gone, match="Nobody uses it") as gone:
        store.get_item("terms", "old-word", Term)
    assert gone.value.successor == "/v1/terms/response"


def test_lists_leave_withdrawn_items_out(store: ReleaseStore) -> None:
    cards, total = store.list_items("terms", TermCard, {}, Page(10))
    assert [card.id for card in cards] == ["response", "sample-scale"]
    assert total == 2


def test_withdrawn_fact_is_gone_and_not_cited(store: ReleaseStore) -> None:
    with pytest.raises(Gone) as gone:
        store.get_fact("treatment.exemplin.safety.sneezing")
    assert gone.value.successor == "/v1/facts/treatment.exemplin.safety.hiccups"
    assert "treatment.exemplin.safety.sneezing" not in store.get_item("sources", "tester-2020", Source).cited_by


def test_citations_and_addresses_of_sources(store: ReleaseStore) -> None:
    found = {source.id: (source.citation, source.url) for source in store.list_items("sources", Source, {}, Page(10))[0]}
    assert found == {
        "tester-2020": ("Tester 2020, Journal of Invented Results", "https://doi.org/10.5555/exemplin"),
        "example-agency-exemplin-2019": ("Example Agency 2019, Exemplin assessment", "https://example.org/exemplin"),
        "loner-1999": ("A registration without a paper, A registration without a paper", "https://clinicaltrials.gov/study/NCT00000001"),
    }


@pytest.mark.parametrize(("collection", "ids"), [("sources", ["tester-2020"]), ("terms", ["response"]), ("studies", ["tester-2020"])])
def test_facts_are_linked_to_sources_studies_and_terms(store: ReleaseStore, collection: str, ids: list[str]) -> None:
    rows = sqlite3.connect(store.path).execute(
        "SELECT fact_link.id FROM fact_link JOIN fact USING (position) WHERE fact.id = 'treatment.exemplin.efficacy.response' "
        "AND fact_link.collection = ?",
        (collection,),
    )
    assert [row[0] for row in rows] == (ids if collection != "terms" else [])


@pytest.mark.parametrize("content", [b"", b"no database at all", b"SQLite format 3\x00 cut off"])
def test_damaged_release_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match="build it again"):
        ReleaseStore(path)


def test_release_of_another_format_is_refused(tmp_path: Path) -> None:
    path = build_from(SAMPLE, tmp_path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    with pytest.raises(ReleaseError, match="has format 0"):
        ReleaseStore(path)


def test_missing_release_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="python -m app build"):
        ReleaseStore(tmp_path / "nothing.sqlite")
    with pytest.raises(ReleaseError, match="python -m app build"):
        ReleaseFolder(tmp_path).get_current()


def test_release_cannot_be_written_to(store: ReleaseStore) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store._connection.execute("DELETE FROM fact")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] -- what nobody can do from outside


def test_opening_reads_little(tmp_path: Path) -> None:
    path = build_from(SAMPLE, tmp_path)
    began = time.perf_counter()
    ReleaseStore(path).close()
    assert time.perf_counter() - began < 0.5


def test_release_is_older_when_content_changed_or_a_file_went_away(content: Path, tmp_path: Path) -> None:
    folder = ReleaseFolder(tmp_path / "out")
    assert folder.is_older_than([content])
    path = build_from(content, folder.path)
    os.utime(path, ns=(time.time_ns() + 10**9, time.time_ns() + 10**9))
    assert not folder.is_older_than([content])
    later = time.time_ns() + 10**10
    os.utime(content / "terms", ns=(later, later))
    assert folder.is_older_than([content])
    path.unlink()
    assert folder.is_older_than([])
