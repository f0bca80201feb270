from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from factories.newsroom import act, town
from factories.website import marks_taken_up
from pregon.core.home import Home
from pregon.core.work import Lane, turn
from pregon.website import actions as website
from pregon.website import tasks
from pregon.website.enums import Baking
from pregon.website.models import BakedPage
from servers.tiles import tiles_serving

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


def test_the_clock_has_the_missing_maps_drawn(home: Home) -> None:
    with tiles_serving() as tiles:
        office = town()
        office.tiles = tiles.template
        office.save()
        act(start=timezone.now() + timedelta(days=1), latitude="20.35", longitude="-102.76")
        tasks.draw_maps(timezone.now())
        # The double lives on this machine, where the door of the office leads nobody: it was tried and put off.
        assert [file.suffix for file in (home.derived / "mapas").iterdir()] == [".failed"]
        assert tiles.asked == []
