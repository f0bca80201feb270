from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pregon.website import actions as website
from pregon.website.actions.marking import is_address
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = pytest.mark.django_db


def test_a_later_moment_never_puts_off_a_nearer_one() -> None:
    at = timezone.now()
    for hours in (5, 2, 8):
        website.mark(["/agenda/"], at=at, due=at + timedelta(hours=hours))
    later = BakedPage.objects.get(path="/agenda/").due_at
    website.mark(["/agenda/"], at=at)
    website.mark(["/agenda/"], at=at, due=at + timedelta(hours=1))
    assert (later, BakedPage.objects.get(path="/agenda/").due_at) == (at + timedelta(hours=2), at)


def test_what_cannot_be_a_file_is_never_marked() -> None:
    website.mark(["/../x", "//x/", "/.x/", "x/", "/a\x00/", "/ok/"], at=timezone.now())
    assert list(BakedPage.objects.filter(path="/ok/").values_list("path", flat=True)) == ["/ok/"]
    assert [is_address(path) for path in ("/../x", "//x/", "/.x/", "x/", "/a\x00/")] == [False] * 5


def test_a_whole_edition_leaves_news_its_turn() -> None:
    at = timezone.now()
    website.mark(["/boletines/nuevo/"], at=at)
    BakedPage.objects.create(path="/boletines/viejo/", state=Baking.BAKED, baked_at=at)
    website.mark_everything(at=at)
    rows = BakedPage.objects.filter(path__contains="vo/") | BakedPage.objects.filter(path__contains="jo/")
    assert sorted(rows.values_list("path", "state", "bulk")) == [
        ("/boletines/nuevo/", Baking.DUE, False),
        ("/boletines/viejo/", Baking.DUE, True),
    ]


def test_many_pages_are_marked_in_a_fixed_number_of_queries() -> None:
    counts = []
    for many in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            website.mark([f"/boletines/tema/{many}-{n}/" for n in range(many)], at=timezone.now())
        counts.append(len(queries))
    assert counts[0] == counts[1]
