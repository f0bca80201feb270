"""Finding bulletins: Wagtail's index over words and their Spanish stems, narrowed with plain filters.

The index answers only *which* bulletins hold the words; what may be seen is already decided by the queryset
that comes in, so a search can never show more than a listing.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_

from django.utils import timezone
from wagtail.search.query import PlainText

from pregon.accounts.models import Department, Locality, Topic
from pregon.core.text import stem_variants
from pregon.newsroom.models import Bulletin, BulletinQuerySet
from pregon.newsroom.models.public import PublicPage

LONGEST_QUERY = 12
MOST_FOUND = 2000
_word = re.compile(r"[^\W_]+")


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
        bulletins = bulletins.filter(pk__in=holding(q))
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


def holding(words: str, kind: type[PublicPage] = Bulletin) -> list[int]:
    """Pages of that kind whose text holds every one of ``words``, as written or in another form."""
    asked = _word.findall(words)[:LONGEST_QUERY]
    if not asked:
        return []
    each = [reduce(or_, (PlainText(form) for form in {word, *stem_variants(word)})) for word in asked]
    found = kind.objects.only("pk").search(reduce(and_, each))
    return [page.pk for page in found[:MOST_FOUND]]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
