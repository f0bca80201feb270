"""Public pages are read and never posted to, in the hour of the office."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from factories.newsroom import town
from pregon.website.views.frame import public_page

pytestmark = pytest.mark.django_db


@public_page
def clock(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())


def test_a_page_runs_in_the_zone_of_the_office_and_leaves_none_behind(rf: RequestFactory) -> None:
    office = town()
    office.time_zone = "America/Tijuana"
    office.save()
    assert clock(rf.get("/")).content == b"America/Tijuana"
    assert timezone.get_current_timezone_name() == "America/Mexico_City"


def test_a_page_refuses_to_be_posted_to(rf: RequestFactory) -> None:
    assert clock(rf.post("/")).status_code == 405
