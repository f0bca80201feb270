"""What a coverage and its posts say of themselves."""

from __future__ import annotations

import pytest
from django.db import IntegrityError
from django.utils import timezone

from factories.newsroom import act
from pregon.newsroom.enums import LiveState
from pregon.newsroom.models import LiveBlog, LivePost

pytestmark = pytest.mark.django_db


def test_points_are_the_lines_without_their_dashes() -> None:
    assert LiveBlog(summary="- Uno\n\n  • Dos\n—").points == ["Uno", "Dos", "—"]


def test_a_coverage_is_closed_with_its_hour_or_not_at_all() -> None:
    with pytest.raises(IntegrityError):
        LiveBlog.objects.create(
            act=act(), title="x", slug="x", opened_at=timezone.now(), state=LiveState.CLOSED
        )


def test_a_post_is_called_by_its_headline_or_by_how_it_begins() -> None:
    assert (str(LivePost(headline="Comienza", text="Todo")), str(LivePost(text="Todo"))) == (
        "Comienza",
        "Todo",
    )
