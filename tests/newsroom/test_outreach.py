from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories.delivery import SubscriberFactory, live
from factories.newsroom import published
from pregon.accounts.models import Office, Topic
from pregon.analytics.enums import Source
from pregon.analytics.models import HourlyViews, PageViews
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery.values import Tally
from pregon.newsroom.models import Bulletin
from pregon.newsroom.outreach import SHOWN, bars, overview, reach_of, remains, table_of

pytestmark = pytest.mark.django_db


def today() -> date:
    return timezone.localdate(timezone=Office.load().zone)


def read(path: str, views: int, *, source: Source = Source.NONE, day: date | None = None) -> None:
    PageViews.objects.create(path=path, day=day or today(), source=source, views=views)


def born(bulletin: Bulletin, *, ago: timedelta) -> datetime:
    moment = timezone.now() - ago
    Bulletin.objects.filter(pk=bulletin.pk).update(first_published_at=moment)
    bulletin.first_published_at = moment
    return moment


def test_a_young_bulletin_is_told_by_the_hour() -> None:
    bulletin = published()
    moment = born(bulletin, ago=timedelta(hours=5))
    hour = moment.replace(minute=0, second=0, microsecond=0)
    HourlyViews.objects.create(path=bulletin.get_absolute_url(), hour=hour, views=7)
    columns = reach_of(bulletin, at=timezone.now()).columns
    assert (columns.hourly, len(columns.columns), columns.columns[0].views) == (True, 6, 7)


def test_what_was_read_since_the_hour_struck_stands_in_an_hour_of_its_own() -> None:
    bulletin, hour = published(), timezone.now().replace(minute=0, second=0, microsecond=0)
    Bulletin.objects.filter(pk=bulletin.pk).update(first_published_at=hour - timedelta(minutes=10))
    bulletin.refresh_from_db()
    HourlyViews.objects.create(path=bulletin.get_absolute_url(), hour=hour, views=7)
    columns = reach_of(bulletin, at=hour + timedelta(minutes=5)).columns
    assert [column.views for column in columns.columns] == [0, 7]


def test_an_older_one_by_the_day_and_not_without_end() -> None:
    bulletin = published()
    born(bulletin, ago=timedelta(days=4))
    read(bulletin.get_absolute_url(), 3)
    columns = reach_of(bulletin, at=timezone.now()).columns
    assert (columns.hourly, len(columns.columns), columns.columns[-1].views) == (False, 5, 3)
    born(bulletin, ago=timedelta(days=400))
    assert len(reach_of(bulletin, at=timezone.now()).columns.columns) == SHOWN


def test_views_by_source_stand_beside_what_each_channel_handed_over() -> None:
    live("email")
    for number in range(3):
        SubscriberFactory.create(channel="email", address=f"persona{number}@muestra.example")
    SubscriberFactory.create(channel="telegram")
    bulletin = published()
    read(bulletin.get_absolute_url(), 8, source=Source.EMAIL)
    read(bulletin.get_absolute_url(), 2, source=Source.FACEBOOK)
    read("/", 50)
    reach = reach_of(bulletin, at=timezone.now())
    assert [(bar.label, bar.figure, bar.length) for bar in reach.sources] == [
        ("Correo", 8, 100),
        ("Facebook", 2, 25),
    ]
    assert reach.views == 10
    assert {bar.label: (bar.figure, bar.detail) for bar in reach.channels} == {}
    delivery.prepare_due(Lane.NOW, at=timezone.now())
    waiting = {bar.label: (bar.figure, bar.detail) for bar in reach_of(bulletin, at=timezone.now()).channels}
    assert waiting == {"Correo": (0, "3 por salir"), "Telegram": (0, "1 por salir")}


def test_what_did_not_go_out_is_told_in_words() -> None:
    tally = Tally(due=9, sent=2, withheld=3, suppressed=1, failed=2, uncertain=1, waiting=1)
    assert (
        remains(tally)
        == "2 en ensayo o para publicar a mano · 1 por salir · 1 en duda · 2 no se pudieron entregar"
    )
    assert remains(Tally(due=2, sent=2)) == ""


def test_bars_are_measured_by_the_longest() -> None:
    told = bars([("a", 50, "", ""), ("b", 5, "", ""), ("c", 0, "", "")])
    assert [bar.length for bar in told] == [100, 10, 0]
    assert [bar.length for bar in bars([("a", 0, "", "")])] == [0]


def test_the_overview_names_pages_and_adds_up_topics() -> None:
    health, works = Topic.objects.get_or_create(name="Salud", slug="salud")[0], None
    one = published("Pozo nuevo", topics=[health])
    works = Topic.objects.get(name="Obra pública")
    two = published("Andador", topics=[health, works])
    read(one.get_absolute_url(), 4)
    read(two.get_absolute_url(), 6)
    read("/", 9)
    read("/boletines/2026/11/", 1)
    read("/", 100, day=today() - timedelta(days=SHOWN))
    found = overview(at=timezone.now())
    assert [(bar.label, bar.figure) for bar in found.pages] == [
        ("Portada", 9),
        ("Andador", 6),
        ("Pozo nuevo", 4),
        ("/boletines/2026/11/", 1),
    ]
    assert [(bar.label, bar.figure) for bar in found.topics] == [("Salud", 10), ("Obra pública", 6)]
    assert (found.reach.views, found.reach.columns.total, len(found.reach.columns.columns)) == (20, 20, SHOWN)


def test_the_overview_asks_as_often_for_three_bulletins_as_for_one() -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            overview(at=timezone.now())
        return len(asked)

    read(published().get_absolute_url(), 4)
    one = questions()
    for _bulletin in range(2):
        read(published().get_absolute_url(), 4)
    assert questions() == one


def test_the_table_holds_every_count() -> None:
    read("/", 9)
    read("/", 2, source=Source.EMAIL)
    rows = list(table_of(PageViews.objects.all()))
    day = today().isoformat()
    assert rows == [
        ["día", "página", "procedencia", "vistas"],
        [day, "/", "Correo", "2"],
        [day, "/", "Directo o sin dato", "9"],
    ]


def test_messages_that_went_out_are_told_in_the_overview() -> None:
    SubscriberFactory.create(channel="email")
    published()
    drain([Lane.NOW], clock=timezone.now)
    found = overview(at=timezone.now())
    assert [(bar.label, bar.figure, bar.detail) for bar in found.reach.channels] == [
        ("Correo", 0, "1 en ensayo o para publicar a mano")
    ]
