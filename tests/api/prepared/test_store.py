"""What is kept, and what goes when there is no room."""

from pathlib import Path

import pytest

from app.api.prepared.answer import OVERHEAD, PreparedAnswer
from app.api.prepared.conditional import has_tag, is_unchanged_since
from app.api.prepared.store import PreparedStore, build_key
from app.release.folder import ReleaseFolder
from app.release.store import ReleaseStore


def build_answer(size: int) -> PreparedAnswer:
    return PreparedAnswer(b"x" * size, [(b"content-type", b"image/png")], 0, "release")


@pytest.fixture
def release(releases: Path) -> ReleaseStore:
    return ReleaseStore(ReleaseFolder(releases).get_current())


def test_least_recently_used_answers_go_first(release: ReleaseStore) -> None:
    store = PreparedStore(most_bytes=100_000)
    store.reset(release, 0)
    for name in (b"/a", b"/b", b"/c"):
        store.put(name, b"", build_answer(9_000), release)
    assert store.find(b"/a", b"") is not None
    for number in range(6):
        store.put(b"/%d" % number, b"", build_answer(9_000), release)
    assert store.find(b"/b", b"") is None
    assert store.find(b"/a", b"") is not None
    assert store.bytes <= 100_000
    assert store.counts.dropped == len([name for name in (b"/b", b"/c") if store.find(name, b"") is None])


def test_bytes_stay_bounded_whatever_is_asked_for(release: ReleaseStore) -> None:
    store = PreparedStore(most_bytes=1_000_000)
    store.reset(release, 0)
    for number in range(5000):
        store.put(b"/v1/facts?offset=%d" % number, b"text/x%d" % (number % 7), build_answer(number % 3000), release)
        assert store.bytes <= 1_000_000
    kept = len(store)
    assert kept * OVERHEAD <= store.bytes
    assert store.counts.dropped == 5000 - kept


def test_answer_that_is_too_large_or_of_another_release_is_not_kept(release: ReleaseStore, releases: Path) -> None:
    store = PreparedStore(most_bytes=100_000)
    store.reset(release, 0)
    store.put(b"/large", b"", build_answer(20_000), release)
    store.put(b"/old", b"", build_answer(10), ReleaseStore(ReleaseFolder(releases).get_current()))
    assert len(store) == 0


def test_reset_forgets_everything(release: ReleaseStore) -> None:
    store = PreparedStore(most_bytes=100_000)
    store.reset(release, 0)
    store.put(b"/a", b"", build_answer(10), release)
    store.reset(release, 1)
    assert (len(store), store.bytes, store.find(b"/a", b"")) == (0, 0, None)


def test_codings_that_are_made_later_are_weighed(release: ReleaseStore) -> None:
    store = PreparedStore(most_bytes=1_000_000)
    store.reset(release, 0)
    answer = PreparedAnswer(b"word " * 2000, [(b"content-type", b"text/plain")], 0, "release")
    store.put(b"/a", b"", answer, release)
    before = store.bytes
    assert answer.needs_packing(b"gzip")
    packed = answer.get(b"gzip")
    store.weigh_again(b"/a", b"", answer)
    assert store.bytes == before + len(packed.body) + OVERHEAD
    assert not answer.needs_packing(b"gzip")


def test_order_of_parameters_and_empty_wishes_make_no_difference() -> None:
    assert build_key(b"/v1/facts?b=2&a=1", b"*/*") == build_key(b"/v1/facts?a=1&b=2", b"")
    assert build_key(b"/v1/facts?a=1", b"text/csv") != build_key(b"/v1/facts?a=1", b"")
    assert build_key(b"/v1/facts?a=1", b"") != build_key(b"/v1/facts?a=2", b"")


@pytest.mark.parametrize(
    ("header", "named"),
    [
        ('"abc"', True), ('W/"abc"', True), ('"x", "abc"', True), ('"x",W/"abc" , "y"', True), ("*", True), (" * ", True),
        ('"abcd"', False), ("abc", False), ('""', False), ('"x, "abc', False), ("", False), ('"abc-br"', False),
    ],
)  # fmt: skip
def test_if_none_match_compares_weakly_and_reads_lists(header: str, *, named: bool) -> None:
    assert has_tag(header, '"abc"') is named


@pytest.mark.parametrize(
    ("header", "unchanged"),
    [
        ("Thu, 01 Jan 2026 00:00:00 GMT", True), ("Thu, 01 Jan 2026 00:00:01 GMT", True), ("Wed, 31 Dec 2025 23:59:59 GMT", False),
        ("Thursday, 01-Jan-26 00:00:00 GMT", True), ("yesterday", False), ("", False), ("Thu, 99 Jan 2026 00:00:00 GMT", False),
    ],
)  # fmt: skip
def test_if_modified_since_compares_dates_and_passes_over_others(header: str, *, unchanged: bool) -> None:
    assert is_unchanged_since(header, 1_767_225_600) is unchanged
