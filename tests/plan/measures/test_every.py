"""What every measure promises, asked of each over one busy year."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model

from factories.library import AlbumFactory
from factories.measures import ask
from factories.plan import DepartmentFactory, act, bulletin, moment, page, photo_row, sent
from pregon.agenda.enums import Settlement
from pregon.analytics.enums import Source
from pregon.analytics.models import PageViews
from pregon.delivery.enums import Standing, State
from pregon.delivery.models import ChannelAccount, Milestone, Subscriber
from pregon.newsroom.models import Campaign, Correction, Episode, LiveBlog, Service, Video
from pregon.plan import registry
from pregon.plan.contract import Period, Reading
from pregon.website.models import PageVersion

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql, pytest.mark.parts]

YEAR = Period.year(2026)
MONTHS = [Period.month(2026, month) for month in range(1, 13)]
AT = "2026-11-25 11:00"
#: Of chains of alerts ``test_alerts.py`` makes its own.
FULL = sorted(set(registry.names()) - {"alerts_issued", "alerts_followed_up", "alerts_justified"})


@pytest.fixture
def busy_year(db: None) -> None:
    """Something of everything twice in each month, also on the edges of days and months."""
    ChannelAccount.objects.create(kind="telegram")
    works, day = DepartmentFactory.create(), date(2026, 1, 1)
    paper = get_document_model().objects.create(
        title="Cartel", file=ContentFile(b"%PDF-1.4", name="cartel.pdf")
    )
    attached = [("attachment", {"document": paper})]
    for n in range(24):
        when = f"{day.isoformat()} {('00:00', '23:59', '12:00')[n % 3]}"
        album = AlbumFactory.create(day=day)
        for text in ("Una plaza", ""):
            photo_row(album, alt_text=text, released_at=moment(when) if n % 2 else None)
        settlements = [list(Settlement)[n % 3], list(Settlement)[(n + 1) % 3]]
        about = act(when, *settlements, album=album if n % 3 else None, public=bool(n % 4))
        item = bulletin(
            when,
            act=about,
            album=album if n % 2 else None,
            easy_reading="Ya quedó." if n % 5 else "",
            department=works if n % 3 else None,
        )
        delivery = sent(item, (moment(when) + timedelta(minutes=n)).strftime("%Y-%m-%d %H:%M"))
        Milestone.objects.create(dispatch=delivery.dispatch, channel="telegram", total=1)
        if n % 6 == 0:
            delivery.state = State.FAILED
            delivery.save()
        for kind in (Campaign, Episode, Video, Service):
            page(kind, when, title=f"{kind.__name__} {n}", body=attached)
        Correction.objects.create(bulletin=item, at=moment(when), change="La hora", reason="Se leyó mal.")
        LiveBlog.objects.create(act=about, title=f"En vivo {n}", slug=f"en-vivo-{n}", opened_at=moment(when))
        Subscriber.objects.create(
            channel="email",
            address=f"{n}@muestra.example",
            standing=Standing.CONFIRMED,
            asked_at=moment(when),
            confirmed_at=moment(when),
        )
        PageViews.objects.create(path=item.get_absolute_url(), day=day, source=Source.SEARCH, views=n + 1)
        PageVersion.objects.create(
            path=about.get_absolute_url(), since=moment(when) - timedelta(days=n % 6), digest="0", meaning="0"
        )
        day += timedelta(days=15)


def take(name: str, period: Period = YEAR, **scope: str) -> Reading:
    return registry.find(name).take(ask(period, at=AT, **scope))


@pytest.mark.parametrize("name", registry.names())
def test_an_empty_office_is_told_nothing_and_nothing_is_counted_against_it(name: str) -> None:
    reading = take(name, Period(date(2026, 11, 25), date(2026, 11, 30)))
    assert (reading.records, reading.missing, reading.excused) == ((), (), ())
    assert reading.value in {None, Decimal(0)}


@pytest.mark.usefixtures("busy_year")
def test_a_busy_year_has_a_figure_and_records_behind_it() -> None:
    for name in FULL:
        reading = take(name)
        assert reading.numerator > 0, name
        assert len(reading.records) > 0, name


@pytest.mark.usefixtures("busy_year")
def test_the_figure_is_the_sum_of_its_list() -> None:
    for name in FULL:
        reading = take(name)
        assert reading.numerator == sum(kept.amount for kept in reading.kept), name
        assert all(kept.records and kept.amount > 0 for kept in reading.kept), name
        assert all(record.when == kept.when for kept in reading.kept for record in kept.records), name


@pytest.mark.usefixtures("busy_year")
def test_the_months_read_out_of_the_year_add_up_to_it_and_say_what_they_say_alone() -> None:
    for name in FULL:
        year = take(name)
        months = [year.within(month) for month in MONTHS]
        assert sum(month.numerator for month in months) == year.numerator, name
        assert sum(month.denominator for month in months) == year.denominator, name
        alone = [take(name, month) for month in MONTHS]
        assert [month.as_signed() for month in alone] == [month.as_signed() for month in months], name


@pytest.mark.usefixtures("busy_year")
def test_no_record_stands_twice_in_a_list_and_the_order_is_always_the_same() -> None:
    for name in FULL:
        reading = take(name)
        assert len(set(reading.records)) == len(reading.records), name
        whens = [kept.when for kept in reading.kept]
        assert whens == sorted(whens), name
        assert reading == take(name), name


@pytest.mark.usefixtures("busy_year")
def test_nothing_of_later_than_now_is_counted() -> None:
    today = ask(at=AT).today
    for name in FULL:
        reading = take(name)
        assert all(item.when <= today for item in (*reading.kept, *reading.missing, *reading.excused)), name


@pytest.mark.usefixtures("busy_year")
def test_every_parameter_narrows_and_nothing_is_of_what_does_not_exist() -> None:
    for name in FULL:
        for parameter in registry.find(name).parameters:
            reading = take(name, **{parameter: "no-existe"})
            assert reading.records == (), (name, parameter)


#: What every figure needs, and what no row of it is counted for.
BESIDE = {"django_content_type", "wagtailcore_page", "wagtailcore_referenceindex", "delivery_channelaccount"}
TABLES = re.compile(r'(?:FROM|JOIN) "(\w+)"')


@pytest.mark.usefixtures("busy_year")
def test_a_measure_names_what_it_reads() -> None:
    """A page of the plan is made anew only where something changes that its measure names."""
    for name in registry.names():
        measure = registry.find(name)
        named = {
            table
            for model in measure.reads
            for table in (model._meta.db_table, *(part.m2m_db_table() for part in model._meta.many_to_many))
        }
        for scope in ({}, *({one: "no-existe"} for one in measure.parameters & {"channel", "kind"})):
            with CaptureQueriesContext(connection) as asked:
                take(name, **scope)
            read = {table for query in asked for table in TABLES.findall(query["sql"])}
            assert read, name
            assert read - BESIDE <= named, (name, scope)


def test_every_measure_says_in_whole_sentences_how_it_counts() -> None:
    for name in registry.names():
        measure = registry.find(name)
        assert str(measure.how).endswith("."), name
        assert str(measure.title)[0].isupper(), name
