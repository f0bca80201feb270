"""What the site tells a plan."""

from __future__ import annotations

from datetime import date

import pytest

from factories.measures import ask, days, lacking, tagged
from factories.plan import act, moment
from pregon.agenda.enums import Kind
from pregon.analytics.enums import Source
from pregon.analytics.models import PageViews
from pregon.plan.contract import Period
from pregon.website.enums import Baking
from pregon.website.measures import acts_announced_ahead, page_views
from pregon.website.models import BakedPage, PageVersion

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def stood(path: str, since: str, *, status: int = 200) -> None:
    PageVersion.objects.create(
        path=path,
        since=moment(since),
        until=moment(since),
        digest="0",
        meaning="0",
        status=status,
    )


def views(path: str, day: date, many: int, source: Source = Source.SEARCH) -> None:
    PageViews.objects.create(path=path, day=day, views=many, source=source)


def test_an_act_was_announced_in_time_when_its_page_stood_three_days_before() -> None:
    for day, since in ((10, "2026-11-07 09:00"), (11, "2026-11-08 09:01"), (12, "2026-11-12 10:00")):
        stood(act(f"2026-11-{day} 09:00").get_absolute_url(), since)
    act("2026-11-13 09:00")
    reading = acts_announced_ahead(ask())
    assert (reading.text, days(reading), lacking(reading)) == ("1 de 4", [10], [11, 12, 13])
    assert [missing.detail for missing in reading.missing] == [
        "Se avisó 3 días antes, con menos horas",
        "Se avisó el mismo día o después",
        "Su página no llegó a estar en el sitio",
    ]


def test_an_internal_act_and_one_to_come_owe_no_announcement() -> None:
    act("2026-11-10 09:00", public=False)
    act("2026-11-13 09:00")
    assert acts_announced_ahead(ask(at="2026-11-12")).denominator == 0


def test_a_page_that_only_said_that_it_was_gone_announced_nothing() -> None:
    stood(act("2026-11-10 09:00").get_absolute_url(), "2026-11-01", status=410)
    assert acts_announced_ahead(ask()).numerator == 0


def test_announcements_are_narrowed_as_acts_are() -> None:
    wanted = tagged(act("2026-11-10 09:00", kind=Kind.WORKS))
    stood(wanted.get_absolute_url(), "2026-11-01")
    stood(act("2026-11-11 09:00").get_absolute_url(), "2026-11-01")
    narrowed = [{"kind": Kind.WORKS.value}, {"locality": "epenche-chico"}, {"topic": "agua"}]
    assert [days(acts_announced_ahead(ask(**scope))) for scope in narrowed] == [[10]] * 3


def test_views_are_told_by_page_and_month_whatever_they_came_from() -> None:
    views("/boletines/a/", date(2026, 10, 31), 5)
    views("/boletines/a/", date(2026, 11, 1), 2)
    views("/boletines/a/", date(2026, 11, 3), 1, Source.FACEBOOK)
    reading = page_views(ask(Period.year(2026)))
    assert (reading.text, reading.unit) == ("8", "vistas")
    assert [(record.when, record.detail) for record in reading.records] == [
        (date(2026, 10, 31), "5 vistas"),
        (date(2026, 11, 3), "3 vistas"),
    ]


def test_a_page_that_stands_no_longer_was_read_and_is_not_linked() -> None:
    BakedPage.objects.create(path="/boletines/a/", state=Baking.BAKED)
    views("/boletines/a/", date(2026, 11, 10), 5)
    views("/boletines/b/", date(2026, 11, 11), 4)
    assert [record.public for record in page_views(ask()).records] == [True, False]
