"""What is being made of a page is thrown away when the page changes, and a page is due when the first reason comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from factories.website import marks_taken_up, nothing_due
from pregon.website import actions as website
from pregon.website import oven
from pregon.website.actions import baking
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def claimed(at: datetime) -> BakedPage:
    """The only page that is due, in a baker's hands."""
    nothing_due()
    website.mark(["/agenda/"], at=at)
    marks_taken_up()
    [page] = baking.claim(at=at)
    return page


def test_a_page_in_the_oven_is_due_again_and_what_is_made_of_it_is_no_longer_wanted() -> None:
    at = timezone.now()
    page = claimed(at)
    website.mark(["/agenda/"], at=at)
    marked = oven.is_wanted(page)
    marks_taken_up()
    taken_up = oven.is_wanted(page)
    page.refresh_from_db()
    assert (marked, taken_up, page.state, page.lease_until) == (False, False, Baking.DUE, None)


def test_a_mark_for_later_spoils_nothing_that_is_being_made() -> None:
    at = timezone.now()
    page = claimed(at)
    website.mark(["/agenda/"], at=at, due=at + timedelta(hours=1))
    marked = oven.is_wanted(page)
    marks_taken_up()
    assert (marked, oven.is_wanted(page), BakedPage.objects.get().due_at) == (
        True,
        True,
        at + timedelta(hours=1),
    )


@pytest.mark.parametrize(
    ("marked", "later", "due"),
    [
        (None, None, None),
        (None, 2, 2),
        (1, None, 1),
        (1, 2, 1),
        (3, 2, 2),
        (0.000001, 2, 0.000001),  # by the microsecond, as SQLite writes it
    ],
)
def test_it_is_due_when_the_first_of_two_reasons_comes(
    marked: float | None, later: float | None, due: float | None
) -> None:
    page = claimed(NOON)
    BakedPage.objects.update(due_at=None if marked is None else NOON + timedelta(seconds=marked))
    oven.settle(
        page, Baking.BAKED, "abc", at=NOON, later=None if later is None else NOON + timedelta(seconds=later)
    )
    page.refresh_from_db()
    assert (page.state, page.digest, page.baked_at) == (Baking.BAKED, "abc", NOON)
    assert (page.lease_until, page.bulk, page.attempts) == (None, False, 0)
    assert page.due_at == (None if due is None else NOON + timedelta(seconds=due))


def test_a_baker_that_was_too_slow_settles_nothing() -> None:
    page = claimed(NOON)
    BakedPage.objects.update(version=page.version + 1)
    oven.settle(page, Baking.BAKED, "abc", at=NOON, later=None)
    page.refresh_from_db()
    assert (page.state, page.digest) == (Baking.LEASED, "")
