"""Titles, names and journals brought to a form in which only what matters differs."""

import difflib
import html
import re
import unicodedata

SIMILAR = 0.9
"""Share of equal characters (Ratcliff-Obershelp) from which two titles are taken for the same one, printed differently."""

_LONGEST = 1000
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_NOT_WORD = re.compile(r"[\W_]+")
_GREEK = {letter: f" {unicodedata.name(letter).rsplit(maxsplit=1)[-1].lower()} " for letter in map(chr, range(0x3B1, 0x3CA))}
_LATIN = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_LETTERS = str.maketrans({**_LATIN, **_GREEK})
_MARKED = re.compile(r"^\W*(retracted|withdrawn|removed)(\s+article)?\W*:\W*", re.IGNORECASE)
_PARTICLES = frozenset({
    "af", "al", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "el", "la", "le", "ten", "ter", "van",
    "vom", "von", "zu", "zur",
})  # fmt: skip
_INITIALS = re.compile(r"^[^\W\d_]{1,4}$")
_SUFFIXES = frozenset({"Jr", "Sr", "2nd", "3rd", "4th", "II", "III", "IV"})
_SMALL_WORDS = frozenset({"the", "of", "and", "for", "in", "on", "a", "an", "de", "la", "der", "und", "et"})


def strip_tags(text: str) -> str:
    """The text without HTML or JATS tags and entities, also when these were escaped once more than they should be."""
    return _TAG.sub("", html.unescape(html.unescape(text[:_LONGEST]))).strip()


def fold(text: str) -> str:
    """Lower-case words with single spaces: no tags, accents, punctuation or typographic forms.

    Greek letters become their names, because one journal prints β where another index writes beta."""
    plain = unicodedata.normalize("NFKD", strip_tags(text)).casefold().translate(_LETTERS)
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(letter))
    return _NOT_WORD.sub(" ", bare).strip()


def find_mark(title: str) -> str | None:
    """The word that a publisher put before the title of a work that is no longer to be relied on, such as RETRACTED."""
    match = _MARKED.match(strip_tags(title))
    return match.group(1) if match else None


def fold_title(title: str) -> str:
    """A title to compare: folded, without such a mark and without the brackets of a translated title."""
    return fold(_MARKED.sub("", strip_tags(title)))


def measure_likeness(left: str, right: str) -> float:
    """How alike two titles are, from 0 to 1; 1 only when they differ in nothing that `fold_title` keeps."""
    one, two = sorted((fold_title(left), fold_title(right)))
    if one.replace(" ", "") == two.replace(" ", ""):
        return 1.0
    return min(difflib.SequenceMatcher(None, one, two, autojunk=False).ratio(), 0.999)


def is_beginning(left: str, right: str) -> bool:
    """Whether one title is the whole beginning of the other, at least four words of it: a subtitle was left off."""
    one, two = sorted((fold_title(left).split(), fold_title(right).split()), key=len)
    return len(one) >= 4 and two[: len(one)] == one


def find_family(author: str) -> str:
    """The family name in "Family AB", "Family AB Jr" or "Family"; a body's name stays whole.

    Initials are one to four capitals, so that the two-letter family name in "Li" or "Wu X" is kept."""
    words = author.split()
    while len(words) > 1 and words[-1].rstrip(".") in _SUFFIXES:
        words.pop()
    if len(words) > 1 and words[-1].isupper() and _INITIALS.match(words[-1].replace(".", "").replace("-", "")):
        words.pop()
    return " ".join(words)


def fold_name(name: str) -> tuple[str, ...]:
    """Words of a family name; ae, oe and ue fall together with a, o and u, as Müller is Mueller or Muller in an index."""
    return tuple(re.sub(r"([aou])e", r"\1", word) for word in fold(name).split())


def is_same_name(left: str, right: str) -> bool:
    """Whether two family names are one; spaces, hyphens and a particle such as "van" before one of them do not count."""
    one, two = sorted((fold_name(left), fold_name(right)), key=len)
    if "".join(one) == "".join(two):
        return True
    extra = len(two) - len(one)
    return bool(one) and two[extra:] == one and _PARTICLES.issuperset(two[:extra])


def is_same_container(left: str, right: str) -> bool:
    """Whether two names may mean one journal: one holds the other's words, abbreviates them, or is their initials."""
    one, two = sorted((_main_words(left), _main_words(right)), key=len)
    if not one:
        return fold(left) == fold(right)
    return _abbreviates(one, two) or (len(one) == 1 and one[0] == "".join(word[0] for word in two))


def _main_words(name: str) -> list[str]:
    return [word for word in fold(name).split() if word not in _SMALL_WORDS]


def _abbreviates(short: list[str], long: list[str]) -> bool:
    """Whether each word of the shorter name begins like a word of the longer one, in the same order."""
    rest = iter(long)
    return all(any(other.startswith(word) or word.startswith(other) for other in rest) for word in short)
