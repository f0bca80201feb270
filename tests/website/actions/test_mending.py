"""A clock that is put back makes no page wait, and lets none say anything before its hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.website import marks_taken_up, nothing_due
from pregon.core import work
from pregon.website import actions as website
from pregon.website.actions.baking import LEASE, claim
from pregon.website.models import BakedPage, BakingMark

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

HOUR = timedelta(hours=1)


def test_what_was_due_or_to_follow_is_baked_at_once() -> None:
    was = timezone.now()
    nothing_due()
    paths = ["/boletines/", "/plan/poa-2026/", "/plan/poa-2026/informe/2026-t4/"]
    website.mark_in_turn(paths, at=was)
    marks_taken_up()
    website.mark_in_turn(["/agenda/"], at=was)  # nobody has taken it up
    at = was - HOUR
    assert website.clock_was_put_back(was=was, at=at) == 3
    assert set(BakedPage.objects.filter(path__in=paths).values_list("due_at", flat=True)) == {at}
    assert BakingMark.objects.get().due_at == at
    assert website.clock_was_put_back(was=was, at=at) == 0


def test_what_waits_for_another_day_goes_on_waiting() -> None:
    was = timezone.now()
    nothing_due()
    website.mark(["/agenda/"], at=was, due=was + timedelta(days=1))
    marks_taken_up()
    assert website.clock_was_put_back(was=was, at=was - HOUR) == 0
    assert BakedPage.objects.get(path="/agenda/").due_at == was + timedelta(days=1)


def test_the_page_of_a_baker_that_died_waits_for_its_lease_and_no_longer() -> None:
    was = timezone.now()
    nothing_due()
    website.mark(["/agenda/"], at=was)
    marks_taken_up()
    [page] = claim(at=was)
    at = was - HOUR
    assert website.clock_was_put_back(was=was, at=at) == 1
    assert [claim(at=at), [taken.path for taken in claim(at=at + LEASE)]] == [[], [page.path]]


def test_it_is_among_what_the_clock_tells() -> None:
    was = timezone.now()
    nothing_due()
    website.mark(["/agenda/"], at=was)
    marks_taken_up()
    for mender in work._menders:
        mender(was, was - HOUR)
    assert [page.path for page in claim(at=was - HOUR)] == ["/agenda/"]
