"""Finding what is public: Wagtail's index over words and their Spanish stems, narrowed with plain filters.

The index answers only *which* records hold the words; what may be seen is decided by the queryset that comes in, so a
search can never show more than a listing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.search.backends import get_search_backend
from wagtail.search.query import PlainText

from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda.models import Act
from pregon.core.searching import Beginning
from pregon.core.text import enye_variants, fold, forms, stem_variants, words_of
from pregon.core.visibility import visible
from pregon.newsroom.models import PIECES, Bulletin, BulletinQuerySet
from pregon.newsroom.queries import kind_words

LONGEST_QUERY = 12
MOST_FOUND = 2000
ACTS_BESIDE = 5
#: While somebody types: from how many letters on, how many newest are looked at, and how many are shown.
SHORTEST_BEGINNING, MOST_LOOKED_AT, MOST_SHOWN = 2, 200, 8
#: What a folio is called when it is asked for, and how many digits it may have.
CALLED, LONGEST_NUMBER = frozenset({"boletin", "de", "prensa", "folio", "numero", "num", "no", "n", "o"}), 6
_word = re.compile(r"[^\W_]+")


# --- The kinds of things that are found -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Something that a search finds. Its model is behind the visibility gate, and its ``search_fields`` hold
    ``shadow``, the stems of its text."""

    model: type[Model]
    #: Those that matter most first.
    order: tuple[str, ...]
    #: The few fields that the next two read.
    fields: tuple[str, ...]
    called: Callable[[Any], str]
    dated: Callable[[Any], datetime]
    #: Those that the words name without standing in their text.
    named: Callable[[Words], Q] = lambda words: Q()


#: One more kind of thing to be found is one more line here.
KINDS = (
    Kind(
        model=Bulletin,
        order=("-first_published_at", "-pk"),
        fields=("title", "slug", "number", "year", "first_published_at"),
        called=lambda bulletin: _("Boletín %(folio)s") % {"folio": bulletin.folio},
        dated=lambda bulletin: bulletin.first_published_at,
        named=lambda words: numbered(words),
    ),
    Kind(
        model=Act,
        order=("-start", "-pk"),
        fields=("title", "slug", "start"),
        called=lambda act: _("Acto"),
        dated=lambda act: act.start,
    ),
    *(
        Kind(
            model=kind,
            order=("-first_published_at", "-pk"),
            fields=("title", "slug", "first_published_at"),
            called=kind_words,
            dated=lambda piece: piece.first_published_at,
        )
        for kind in PIECES
    ),
)


# --- Finding --------------------------------------------------------------------------------------------------


def find(
    bulletins: BulletinQuerySet,
    *,
    q: str = "",
    tema: Topic | None = None,
    dependencia: Department | None = None,
    localidad: Locality | None = None,
    desde: date | None = None,
    hasta: date | None = None,
) -> BulletinQuerySet:
    """Those of ``bulletins`` that hold every word of ``q`` in some form, within the filters."""
    if q:
        words = Words(q)
        bulletins = bulletins.filter(Q(pk__in=holding(words)) | numbered(words))
    if tema:
        bulletins = bulletins.filter(topics=tema)
    if dependencia:
        bulletins = bulletins.filter(department=dependencia)
    if localidad:
        bulletins = bulletins.filter(localities=localidad)
    if desde:
        bulletins = bulletins.filter(first_published_at__gte=_midnight(desde))
    if hasta and hasta < date.max:  # no day comes after that one
        bulletins = bulletins.filter(first_published_at__lt=_midnight(hasta + timedelta(days=1)))
    return bulletins.distinct()  # type: ignore[no-any-return]  # Wagtail carries no types


class Words:
    """What somebody asked for; nothing else is known of a text that is found."""

    def __init__(self, asked: str) -> None:
        self.asked = words_of(asked)[:LONGEST_QUERY]

    def __bool__(self) -> bool:
        return bool(self.asked)

    def query(self) -> Any:
        return reduce(and_, (self.one_of(word) for word in self.asked))

    def one_of(self, word: str) -> Any:
        return reduce(or_, (PlainText(form) for form in forms(word)))

    def stand_in(self, text: str) -> bool:
        """Whether every word is in ``text``."""
        written = words_of(text)
        return all(any(self.means(word, other) for other in written) for word in self.asked)

    def means(self, word: str, written: str) -> bool:
        """Whether ``word`` was asked for and ``written`` answers it."""
        return not set(forms(word)).isdisjoint(_answers(written))

    def marked(self, text: str) -> list[tuple[str, bool]]:
        """``text`` in pieces, each with whether it is a word that was asked for."""
        pieces: list[tuple[str, bool]] = []
        end = 0
        for found in _word.finditer(text):
            if any(self.means(word, found[0]) for word in self.asked):
                pieces += [(text[end : found.start()], False), (found[0], True)]
                end = found.end()
        return [piece for piece in [*pieces, (text[end:], False)] if piece[0]]


class WordsBeingTyped(Words):
    """The same, while the last word may still go on."""

    def __bool__(self) -> bool:
        return bool(self.asked) and (len(self.asked) > 1 or len(self.asked[0]) >= SHORTEST_BEGINNING)

    def one_of(self, word: str) -> Any:
        whole = super().one_of(word)
        return whole | Beginning(beginning(word)) if word is self.asked[-1] else whole

    def means(self, word: str, written: str) -> bool:
        if super().means(word, written):
            return True
        return word is self.asked[-1] and any(
            answer.startswith(beginning(word)) for answer in _answers(written)
        )


def beginning(word: str) -> str:
    """How the index would write what is typed so far."""
    return (enye_variants(word) or (fold(word),))[0]


def holding(words: Words, *, among: type[Model] = Bulletin, most: int = MOST_FOUND) -> list[int]:
    """The newest records of ``among`` whose text holds all ``words``; a manager would bring an order of its own."""
    if not words:
        return []
    found = get_search_backend().search(words.query(), QuerySet(among).only("pk"), order_by_relevance=False)
    return [record.pk for record in found[:most]]


def numbered(words: Words) -> Q:
    """Which bulletin ``words`` are the folio of, as in «236/2026» and «boletín 236»; no condition when of none."""
    said = [int(word) for word in words.asked if word.isdecimal() and len(word) <= LONGEST_NUMBER]
    if len(said) < len([word for word in words.asked if fold(word) not in CALLED]):
        return Q()
    match said:
        case [number]:
            return Q(number=number)
        case [number, year]:
            return Q(number=number, year=year)
        case _:
            return Q()


def acts_holding(words: Words, *, at: datetime) -> list[Act]:
    """The public acts that hold all ``words``, latest first; as many as stand beside the bulletins."""
    held = holding(words, among=Act, most=MOST_LOOKED_AT)
    return list(visible(Act.objects.filter(pk__in=held), at=at).order_by("-start", "-pk")[:ACTS_BESIDE])


# --- While somebody types ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    kind: str
    title: Sequence[tuple[str, bool]]
    url: str
    at: datetime
    #: Whether its title alone holds the words, or they name it: then it is most likely what is meant.
    near: bool


def suggest(asked: str, *, at: datetime) -> list[Suggestion]:
    """The few public things that somebody who typed ``asked`` may mean, the likeliest first."""
    words = WordsBeingTyped(asked)
    found = [suggestion for kind in KINDS for suggestion in of_kind(kind, words, at=at)]
    return sorted(found, key=lambda suggestion: not suggestion.near)[:MOST_SHOWN]


def of_kind(kind: Kind, words: Words, *, at: datetime) -> list[Suggestion]:
    held, named = holding(words, among=kind.model, most=MOST_LOOKED_AT), kind.named(words)
    if not held and not named:
        return []
    shown = visible(kind.model._default_manager.all(), at=at).order_by(*kind.order).only(*kind.fields)
    by_name: list[Any] = list(shown.filter(named)[:MOST_SHOWN]) if named else []
    public: list[Any] = [record for record in shown.filter(pk__in=held) if record not in by_name]
    near = [*by_name, *(record for record in public if words.stand_in(record.title))][:MOST_SHOWN]
    far = [record for record in public if record not in near][: MOST_SHOWN - len(near)]
    return [
        Suggestion(
            kind=kind.called(record),
            title=words.marked(record.title),
            url=record.get_absolute_url(),
            at=kind.dated(record),
            near=record in near,
        )
        for record in [*near, *far]
    ]


def _answers(written: str) -> set[str]:
    """Every form under which a written word may be asked for."""
    return {fold(written), *forms(written), *stem_variants(written)}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
