from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from factories import newsroom as news
from factories.library import AlbumFactory
from pregon.accounts.models import Office, Topic
from pregon.agenda.models import Act
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = pytest.mark.django_db


def due_after(change: Callable[[], object]) -> set[str]:
    """What becomes due when everything was fresh before."""
    BakedPage.objects.update(state=Baking.BAKED, due_at=None)
    change()
    return set(BakedPage.objects.filter(state=Baking.DUE).values_list("path", flat=True))


def test_moving_an_act_makes_the_month_it_left_due_too() -> None:
    act = news.act("Jornada de salud", start=timezone.now())
    act = Act.objects.get(pk=act.pk)
    left = act.start

    def move() -> None:
        act.start = left + timedelta(days=93)
        act.save()

    due = due_after(move)
    assert {f"/agenda/{left:%Y/%m}/", f"/agenda/{act.start:%Y/%m}/", "/agenda.ics"} - due == set()


def test_a_new_topic_makes_few_pages_due_and_a_renamed_one_every_page() -> None:
    news.published("Pozo nuevo")
    few = due_after(lambda: Topic.objects.create(name="Agua", slug="agua"))
    topic = Topic.objects.get(slug="agua")
    everything = due_after(topic.save)
    assert few == {"/boletines/tema/agua/", "/suscripcion/", "/boletines/"}
    assert len(everything) == BakedPage.objects.count()


def test_other_colours_make_every_page_due() -> None:
    news.published("Pozo nuevo")
    due = due_after(Office.load().save)
    assert len(due) == BakedPage.objects.count()


def test_an_album_that_nobody_sees_makes_nothing_due() -> None:
    assert due_after(AlbumFactory) == set()
