from __future__ import annotations

import pytest
from django.utils import timezone

from factories.newsroom import town
from factories.website import marks_taken_up
from pregon.core.home import Home
from pregon.core.work import Lane, turn
from pregon.website import actions as website
from pregon.website import tasks
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = pytest.mark.django_db


def test_the_lane_of_pages_bakes(home: Home) -> None:
    town()
    website.mark(["/robots.txt"], at=timezone.now())
    turn(Lane.PAGES, at=timezone.now())
    assert (home.baked / "robots.txt").exists()


def test_the_clock_makes_the_standing_pages_due_the_first_time(home: Home) -> None:
    tasks.keep_the_folder_true(timezone.now())
    marks_taken_up()
    assert BakedPage.objects.get(path="/privacidad/").state == Baking.DUE
