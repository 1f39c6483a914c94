"""Conditional requests (RFC 9110, 13): whether a client's copy is still good."""

import re
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def has_tag(if_none_match: str, tag: str) -> bool:
    """Whether an `If-None-Match` header names a tag (given with its quotes), by weak comparison; `*` names every tag."""
    if if_none_match == tag:
        return True
    text = if_none_match.strip()
    return text == "*" or tag[1:-1] in _TAG.findall(text)


def is_unchanged_since(if_modified_since: str, modified: int) -> bool:
    """Whether nothing changed after the time of an `If-Modified-Since` header; `modified` in seconds since 1970. A header that is not
    a date counts as not sent."""
    try:
        given = parsedate_to_datetime(if_modified_since)
        return given.timestamp() >= modified
    except (ValueError, OverflowError):
        return False
