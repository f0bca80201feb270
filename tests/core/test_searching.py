"""The beginning of a word, asked of the index of the office's own database."""

from __future__ import annotations

import pytest
from wagtail.search.query import PlainText

from factories.newsroom import draft
from pregon.core.searching import Beginning
from pregon.newsroom.models import Bulletin

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def test_a_beginning_is_met_by_whole_words_and_joins_other_questions() -> None:
    found = draft("Vacunación antirrábica")
    draft("Vacuna contra la influenza")
    assert list(Bulletin.objects.search(PlainText("antirrabica") & Beginning("vacunac"))) == [found]
    assert list(Bulletin.objects.search(PlainText("vacunac"))) == []
