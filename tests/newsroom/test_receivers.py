"""Publication from the editor follows the same path as from the command line; a page asks for its parts by a
signal, and is answered for the reader it names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.models import Page

from factories.newsroom import NOON, draft
from factories.website import ready_photo
from pregon.core.visibility import Reader
from pregon.delivery.models import Dispatch
from pregon.newsroom.models import Bulletin
from pregon.newsroom.queries import page_of
from pregon.newsroom.receivers import answer_page
from pregon.newsroom.signals import page_asked

pytestmark = pytest.mark.django_db


def test_a_revision_published_by_wagtail_gets_number_and_dispatch() -> None:
    bulletin = draft()
    bulletin.save_revision().publish()
    out = Bulletin.objects.get(pk=bulletin.pk)
    assert (out.number, Dispatch.objects.about(out.origin).count()) == (1, 1)


def test_a_bulletin_published_for_later_gets_neither_number_nor_dispatch_yet() -> None:
    bulletin = draft(go_live_at=timezone.now() + timedelta(days=1))
    bulletin.save_revision().publish()
    waiting = Bulletin.objects.get(pk=bulletin.pk)
    assert (waiting.live, waiting.number, Dispatch.objects.about(waiting.origin).count()) == (False, None, 0)


@pytest.mark.parametrize("reader", Reader)
def test_a_page_is_answered_with_what_that_reader_sees_and_its_dateline(reader: Reader) -> None:
    bulletin = draft(cover=ready_photo())
    answer = answer_page(bulletin, to=reader, at=NOON)
    answer["corrections"] = list(answer["corrections"])
    expected = page_of(bulletin, to=reader, at=NOON)
    assert answer == {
        **expected,
        "corrections": list(expected["corrections"]),
        "dateline": "Villa de Muestra, Jalisco",
    }
    assert (answer["cover"] is None) == (reader is Reader.PUBLIC)


def test_its_own_dateline_goes_before_that_of_the_office() -> None:
    assert answer_page(draft(dateline="La Loma"), to=Reader.PUBLIC, at=NOON)["dateline"] == "La Loma"


def test_the_signal_is_answered_once_for_a_bulletin_and_never_for_another_page() -> None:
    bulletin = draft()
    asked = [page_asked.send(kind, page=bulletin, to=Reader.PUBLIC, at=NOON) for kind in (Bulletin, Page)]
    assert [[receiver for receiver, _answer in answers] for answers in asked] == [[answer_page], []]
