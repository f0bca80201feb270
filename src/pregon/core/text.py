"""Words made ready for searching, for addresses and for narrow places, as Spanish needs it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from math import ceil

from pregon.core.graphemes import first_graphemes
from pregon.core.plaintext import plain_from_mjml as plain_from_mjml

WORDS_A_MINUTE = 200
UNTITLED = "sin-titulo"
#: Longer than any word of Spanish: a key or an address has no other forms, and would only fill the memory.
LONGEST_WORD = 40
#: What ñ becomes where it must not be taken for n. It is a letter of no word of Spanish, and no index folds it.
ENYE = "ɲ"

_word = re.compile(r"[^\W_]+")
_unstemmed_plural = re.compile(r"\w{2,}[aeo]s")
_not_in_slugs = re.compile(r"[^a-z0-9]+")
#: With its scheme, or a domain with a path behind it: «ejemplo.gob.mx/obras».
_address = re.compile(
    r"(?:https?://|www\.|(?<![\w.@-])(?:[\w-]+\.)+[a-z]{2,24}(?::[0-9]+)?/)[^\s<>\"«»“”]+", re.IGNORECASE
)
_after_address = ".,;:!?)]}'’…"
_brackets = {")": "(", "]": "[", "}": "{"}
_before_ellipsis = ",;:.–—-(¿¡«“"


def fold(text: str) -> str:
    """Lowercase without accents, and ñ as n: how people type when they search."""
    for _ in range(2):  # compatibility letters (ℌ) show their case only after the first round
        letters = unicodedata.normalize("NFKD", text)
        text = "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
    return text


def stem_variants(word: str) -> tuple[str, ...]:
    """Stem of the word as written and, if another, as typed without accents; a query accepts any of them.

    The suffix rules need the accent (-ción, -ó), so a word is stemmed first and folded afterwards.
    """
    return _variants(word) if len(word) <= LONGEST_WORD else (fold(word),)


@lru_cache(maxsize=20_000)
def _variants(word: str) -> tuple[str, ...]:
    import snowballstemmer  # with its forty languages it costs every process what few of them use

    stemmer = snowballstemmer.stemmer("spanish")  # keeps state while it works: never shared between threads
    written = unicodedata.normalize("NFC", word).lower()
    found = [fold(stemmer.stemWord(written)), fold(stemmer.stemWord(fold(word)))]
    if _unstemmed_plural.fullmatch(found[0]) and found[0] == fold(word):
        found.append(found[0][:-1])  # snowball leaves «obras» as it is, and it would never meet «obra»
    return tuple(dict.fromkeys(found))


def enye_variants(word: str) -> tuple[str, ...]:
    """A word that has ñ, and its stems, with ñ kept apart from n: who types «año» does not mean «ano». Nothing for
    any other word."""
    written = unicodedata.normalize("NFC", word).lower()
    if "ñ" not in written:
        return ()
    kept = written.replace("ñ", ENYE)
    return tuple(dict.fromkeys((fold(kept), *stem_variants(kept))))


def forms(word: str) -> tuple[str, ...]:
    """What a text may hold in the place of a word that was asked for; ñ asks for ñ, and n for either."""
    return enye_variants(word) or tuple(dict.fromkeys((fold(word), *stem_variants(word))))


def stems(text: str) -> str:
    """The shadow column of a text: every stem variant of every word, in reading order."""
    return " ".join(stem for word in words_of(text) for stem in (*stem_variants(word), *enye_variants(word)))


def words_of(text: str) -> list[str]:
    """The words of a text as they are written, with each accent in its letter."""
    return _word.findall(unicodedata.normalize("NFC", text))


def slug(text: str, *, limit: int = 80) -> str:
    """The part of an address that says what the page is; cut after a whole word where there is one."""
    if limit < 1:
        raise ValueError("A slug needs room for one letter.")
    whole = _not_in_slugs.sub("-", fold(text)).strip("-") or UNTITLED
    if len(whole) <= limit:
        return whole
    head, boundary, _ = whole[: limit + 1].rpartition("-")
    return head if boundary else whole[:limit]


def sentence(said: str) -> str:
    """``said`` with a stop at its end, so that another sentence may follow."""
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def shorten(text: str, limit: int) -> str:
    """The beginning of ``text`` in at most ``limit`` characters, with … where something was left out.

    Neither a word nor an address is ever cut, and an address keeps clear of the … so that it still opens. The one
    exception: where not even the first word fits, and it is longer than any of Spanish, as many of its letters stay
    as do; otherwise nothing would be said at all.
    """
    text, limit = text.strip(), max(limit, 0)
    if len(text) <= limit:
        return text
    for word in reversed(list(re.finditer(r"\S+", text[: limit + 1]))):
        if word.end() < len(text) and not text[word.end()].isspace():
            continue  # the limit fell inside this one
        if has_address(word.group()):
            kept = text[: word.end()] + " …"
        elif said := word.group().rstrip(_before_ellipsis):
            kept = text[: word.start()] + said + "…"
        else:
            continue  # a sign before the …: the word before it is the last
        if len(kept) <= limit:
            return kept
    first = text.split(maxsplit=1)[0]
    if len(first) <= LONGEST_WORD or has_address(first):
        return "…"[:limit]
    return (first_graphemes(first, limit - 1) + "…")[:limit]


def has_address(word: str) -> bool:
    """Whether ``word`` is one that opens, or holds one: such a word stays as it is written."""
    return _address.search(word) is not None


def addresses(text: str) -> list[tuple[int, int]]:
    """Where the addresses stand, each without the sign that follows it."""
    return [(found.start(), found.start() + len(address_in(found[0]))) for found in _address.finditer(text)]


def address_in(found: str) -> str:
    """An address without the point or bracket behind it; a bracket that it opened itself is of it."""
    while found and found[-1] in _after_address:
        opening = _brackets.get(found[-1])
        if opening and found.count(opening) >= found.count(found[-1]):
            break
        found = found[:-1]
    return found


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice a person most likely meant, for «¿quisiste decir…?»; nothing when none is near."""
    by_fold = {fold(choice): choice for choice in reversed(list(choices))}
    wanted = fold(word).strip()
    if close := get_close_matches(wanted, by_fold, n=1):
        return by_fold[close[0]]
    words = set(_word.findall(wanted))
    holding = [folded for folded in by_fold if words and words <= set(_word.findall(folded))]
    return by_fold[min(holding, key=lambda folded: (len(folded), folded))] if holding else None


def reading_minutes(text: str) -> int:
    """Whole minutes an unhurried reader needs; never less than one."""
    return max(1, ceil(len(_word.findall(text)) / WORDS_A_MINUTE))
