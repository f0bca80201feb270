"""What the newsroom published, counted by hand. November 2026: the 16th is a holiday, the 20th a Friday."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.documents import get_document_model

from factories.library import AlbumFactory
from factories.measures import ask, days, lacking, tagged
from factories.plan import DepartmentFactory, act, bulletin, moment, page, sent
from pregon.accounts.models import Locality, Topic
from pregon.agenda.enums import Kind, Settlement
from pregon.delivery.enums import State as Delivered
from pregon.delivery.models import ChannelAccount
from pregon.newsroom.models import Campaign, Correction, Episode, LiveBlog, Piece, Service, Video
from pregon.plan.contract import Period
from pregon.plan.measures.newsroom import (
    bulletins_in_easy_reading,
    bulletins_on_working_days,
    bulletins_published,
    bulletins_told_promptly,
    bulletins_with_photos,
    bulletins_within_a_day,
    campaigns_published,
    corrections_published,
    days_with_publication,
    departments_heard,
    documents_published,
    live_coverages,
    podcast_episodes,
    recordings_published,
    services_reviewed,
    videos_published,
)
from pregon.plan.registry import Take

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

# --- Bulletins on working days ---


def test_two_bulletins_on_one_day_keep_that_day_once_and_are_both_evidence() -> None:
    bulletin("2026-11-10 09:00")
    bulletin("2026-11-10 18:00")
    reading = bulletins_on_working_days(ask())
    assert (reading.numerator, reading.denominator, reading.value) == (1, 5, Decimal("20.00"))
    assert [record.detail for record in reading.records] == ["Boletín 001/2026", "Boletín 002/2026"]
    assert lacking(reading) == [9, 11, 12, 13]


def test_a_weekend_owes_nothing_and_its_bulletin_is_evidence_beyond_what_was_owed() -> None:
    bulletin("2026-11-14 10:00")
    reading = bulletins_on_working_days(ask())
    assert (reading.numerator, reading.denominator) == (0, 5)
    assert [record.when.day for record in reading.beyond] == [14]


def test_a_holiday_owes_nothing() -> None:
    reading = bulletins_on_working_days(ask(Period(date(2026, 11, 16), date(2026, 11, 20))))
    assert lacking(reading) == [17, 18, 19, 20]


def test_an_embargoed_bulletin_does_not_count_until_its_hour() -> None:
    bulletin("2026-11-10", go_live_at=moment("2026-11-26"), live=True)
    bulletin("2026-11-11", live=False)
    assert bulletins_on_working_days(ask()).numerator == 0
    assert bulletins_on_working_days(ask(at="2026-11-26 12:00")).numerator == 1


def test_a_withdrawn_bulletin_is_no_evidence() -> None:
    bulletin("2026-11-10", number=1, withdrawn_at=moment("2026-11-11"))
    bulletin("2026-11-12", number=2)
    reading = bulletins_on_working_days(ask())
    assert [record.detail for record in reading.records] == ["Boletín 002/2026"]


def test_a_bulletin_half_an_hour_before_midnight_belongs_to_the_local_day() -> None:
    bulletin("2026-11-10 23:30")  # the 11th in UTC
    assert days(bulletins_on_working_days(ask())) == [10]


def test_midnight_begins_the_next_day_and_the_period_ends_before_it() -> None:
    bulletin("2026-11-13 00:00")
    bulletin("2026-11-16 00:00")
    reading = bulletins_on_working_days(ask())
    assert days(reading) == [13]
    assert reading.beyond == ()


def test_a_period_that_runs_counts_up_to_now() -> None:
    bulletin("2026-11-10")
    reading = bulletins_on_working_days(ask(at="2026-11-12 08:00"))
    assert (days(reading), lacking(reading)) == ([10], [9, 11])


def test_today_is_owed_only_when_it_ends_and_counts_as_soon_as_it_is_done() -> None:
    assert lacking(bulletins_on_working_days(ask(at="2026-11-09 23:59"))) == []
    bulletin("2026-11-09 11:00")
    assert bulletins_on_working_days(ask(at="2026-11-09 11:01")).text == "1 de 1"


def test_a_period_that_has_not_begun_has_no_figure() -> None:
    reading = bulletins_on_working_days(ask(at="2026-11-01"))
    assert (reading.value, reading.denominator) == (None, 0)


def test_a_bulletin_published_after_the_moment_asked_about_is_not_seen_yet() -> None:
    bulletin("2026-11-12 18:00")
    assert bulletins_on_working_days(ask(at="2026-11-12 17:59")).records == ()


def test_how_late_a_day_is_counts_from_that_day() -> None:
    reading = bulletins_on_working_days(ask(at="2026-11-12"))
    assert [(missing.when.day, missing.days_late) for missing in reading.missing] == [
        (9, 3),
        (10, 2),
        (11, 1),
    ]


def test_bulletins_are_narrowed_by_department_kind_locality_and_topic() -> None:
    department = DepartmentFactory.create()
    locality = Locality.objects.create(name="Epenche Chico", slug="epenche-chico")
    topic = Topic.objects.create(name="Agua", slug="agua")
    about = bulletin("2026-11-10", department=department, act=act("2026-11-10 09:00", kind=Kind.WORKS))
    about.localities.set([locality])
    about.topics.set([topic])
    about.save()
    bulletin("2026-11-11")
    narrowed = [
        {"department": "obras-publicas"},
        {"kind": Kind.WORKS.value},
        {"locality": "epenche-chico"},
        {"topic": "agua"},
    ]
    assert [days(bulletins_on_working_days(ask(**scope))) for scope in narrowed] == [[10]] * 4
    assert days(bulletins_on_working_days(ask(department="turismo"))) == []


# --- Days with a publication ---


def test_every_day_owes_a_publication_weekends_too() -> None:
    bulletin("2026-11-09")
    bulletin("2026-11-14")
    reading = days_with_publication(ask())
    assert (days(reading), reading.text) == ([9, 14], "2 de 7")


def test_a_named_channel_counts_what_it_really_took_on_the_day_it_took_it() -> None:
    monday = bulletin("2026-11-09 23:50")
    sent(monday, "2026-11-10 00:05")
    sent(bulletin("2026-11-11"), "2026-11-11 12:01", state=Delivered.WITHHELD)
    sent(bulletin("2026-11-12"), "2026-11-12 12:01", channel="email")
    reading = days_with_publication(ask(channel="telegram"))
    assert (days(reading), reading.text) == ([10], "1 de 7")
    assert [record.title for record in reading.records] == [monday.title]


def test_what_a_channel_took_is_no_evidence_once_it_was_withdrawn() -> None:
    sent(bulletin("2026-11-09", withdrawn_at=moment("2026-11-10")), "2026-11-09 12:01")
    assert days_with_publication(ask(channel="telegram")).numerator == 0


# --- How they came out ---


def test_bulletins_published_are_each_counted_once_and_keep_their_folio() -> None:
    bulletin("2026-11-10 09:00")
    bulletin("2026-11-14 10:00")
    bulletin("2026-11-11", withdrawn_at=moment("2026-11-12"))
    reading = bulletins_published(ask())
    assert (reading.share, reading.text, days(reading)) == (False, "2", [10, 14])


def test_a_bulletin_has_photos_with_a_cover_or_an_album_and_lacks_them_from_the_next_day_on() -> None:
    bulletin("2026-11-10", album=AlbumFactory.create())
    bulletin("2026-11-11")
    assert bulletins_with_photos(ask()).text == "1 de 2"
    assert lacking(bulletins_with_photos(ask())) == [11]
    assert bulletins_with_photos(ask(at="2026-11-11 20:00")).text == "1 de 1"


def test_easy_reading_counts_when_somebody_wrote_it() -> None:
    bulletin("2026-11-10", easy_reading="La calle ya quedó.")
    bulletin("2026-11-11", easy_reading="")
    reading = bulletins_in_easy_reading(ask())
    assert (reading.text, [missing.detail for missing in reading.missing]) == (
        "1 de 2",
        ["Sin lectura fácil"],
    )


def test_a_bulletin_is_in_time_up_to_24_hours_after_its_act_ended() -> None:
    yesterday = act("2026-11-09 09:00")
    bulletin("2026-11-10 10:00", act=yesterday)
    bulletin("2026-11-10 10:01", act=yesterday)
    bulletin("2026-11-12 09:00", act=act("2026-11-11 09:00", end=None))
    bulletin("2026-11-13")  # tells no act and owes nothing
    reading = bulletins_within_a_day(ask())
    assert (reading.text, days(reading), lacking(reading)) == ("2 de 3", [10, 12], [10])


def test_a_bulletin_is_told_promptly_when_a_channel_took_it_within_fifteen_minutes() -> None:
    sent(bulletin("2026-11-09 10:00"), "2026-11-09 10:15")
    sent(bulletin("2026-11-10 10:00"), "2026-11-10 10:16")
    sent(bulletin("2026-11-11 10:00"), "2026-11-11 10:01", state=Delivered.WITHHELD)
    reading = bulletins_told_promptly(ask(channel="telegram"))
    assert (reading.text, days(reading), lacking(reading)) == ("1 de 3", [9], [10, 11])


def test_without_a_channel_the_first_of_those_that_the_office_set_up_counts() -> None:
    ChannelAccount.objects.create(kind="telegram")
    ChannelAccount.objects.create(kind="email")
    both = bulletin("2026-11-09 10:00")
    sent(both, "2026-11-09 11:00")
    sent(both, "2026-11-09 10:05", channel="email", state=Delivered.DELIVERED)
    assert days(bulletins_told_promptly(ask())) == [9]
    assert days(bulletins_told_promptly(ask(channel="telegram"))) == []


def test_a_correction_counts_on_its_day_and_leads_to_its_bulletin() -> None:
    shown = bulletin("2026-10-01", title="Calle lista")
    gone = bulletin("2026-10-02", withdrawn_at=moment("2026-11-12"))
    Correction.objects.create(
        bulletin=shown, at=moment("2026-11-10"), change="La hora", reason="Se leyó mal."
    )
    Correction.objects.create(
        bulletin=gone, at=moment("2026-11-11"), change="El lugar", reason="Se leyó mal."
    )
    reading = corrections_published(ask())
    assert [(record.when.day, record.title, record.detail) for record in reading.records[:1]] == [
        (10, "Calle lista", "La hora")
    ]
    assert [record.public for record in reading.records] == [True, False]


# --- What else is published ---


def test_a_live_coverage_of_an_internal_act_counts_and_is_not_for_the_public() -> None:
    LiveBlog.objects.create(
        act=act("2026-11-10 09:00"), title="Desfile", slug="d", opened_at=moment("2026-11-10")
    )
    LiveBlog.objects.create(
        act=act("2026-11-11 09:00", public=False), title="Reunión", slug="r", opened_at=moment("2026-11-11")
    )
    assert [(record.title, record.public) for record in live_coverages(ask()).records] == [
        ("Desfile", True),
        ("Reunión", False),
    ]


@pytest.mark.parametrize(
    ("take", "make", "url"),
    [
        (campaigns_published, Campaign, "/campanas/agua-limpia/"),
        (podcast_episodes, Episode, "/podcast/agua-limpia/"),
        (videos_published, Video, "/videos/agua-limpia/"),
        (recordings_published, Video, "/videos/agua-limpia/"),
    ],
)
def test_a_page_counts_when_it_came_out_and_not_before_its_hour(
    take: Take, make: type[Piece], url: str
) -> None:
    page(make, "2026-11-10", title="Agua limpia")
    page(make, "2026-11-11", title="Otra", live=False)
    page(make, "2026-11-12", title="Con embargo", go_live_at=moment("2026-12-01"))
    assert [record.url for record in take(ask()).records] == [url]


def test_recordings_are_both_kinds_in_the_order_of_their_days() -> None:
    page(Video, "2026-11-10", title="Video")
    page(Episode, "2026-11-09", title="Episodio")
    assert [record.detail for record in recordings_published(ask()).records] == ["Episodio", "Video"]


def test_a_service_counts_on_the_day_of_its_last_review() -> None:
    page(Service, "2026-01-10", title="Licencia", reviewed_on=date(2026, 11, 12))
    page(Service, "2026-11-10", title="Acta", reviewed_on=date(2026, 11, 20))
    assert [record.title for record in services_reviewed(ask()).records] == ["Licencia"]


def test_pages_are_narrowed_by_department_locality_and_topic() -> None:
    tagged(page(Campaign, "2026-11-10", title="Agua", department=DepartmentFactory.create()))
    page(Campaign, "2026-11-11", title="Otra")
    narrowed = [{"department": "obras-publicas"}, {"locality": "epenche-chico"}, {"topic": "agua"}]
    assert [days(campaigns_published(ask(**scope))) for scope in narrowed] == [[10]] * 3


# --- Documents ---


def paper(name: str) -> Any:
    return get_document_model().objects.create(
        title=name, file=ContentFile(b"%PDF-1.4 muestra", name=f"{name}.pdf")
    )


def test_documents_count_on_the_day_of_the_page_that_carries_them() -> None:
    poster, leaflet = paper("cartel"), paper("volante")
    attached = [("attachment", {"document": poster}), ("attachment", {"document": leaflet})]
    bulletin("2026-11-10", title="Calle", body=attached)
    page(Campaign, "2026-11-11", title="Agua", documents=[("document", {"document": poster})])
    page(Service, "2026-11-12", title="Licencia", body=[("attachment", {"document": leaflet})])
    page(Campaign, "2026-11-13", title="Sin papeles")
    reading = documents_published(ask())
    assert (reading.text, reading.unit) == ("4", "documentos")
    assert [(record.title, record.detail) for record in reading.records] == [
        ("Calle", "2 documentos"),
        ("Agua", "1 documento"),
        ("Licencia", "1 documento"),
    ]


def test_neither_a_video_nor_a_draft_nor_a_file_that_is_gone_is_a_published_document() -> None:
    gone, film = paper("cartel"), paper("video")
    bulletin("2026-11-10", body=[("attachment", {"document": gone})])
    bulletin("2026-11-11", body=[("video", {"file": film, "title": "La plaza"})])
    bulletin("2026-11-12", body=[("attachment", {"document": film})], live=False)
    gone.delete()
    assert documents_published(ask()).records == ()


def test_documents_of_many_pages_cost_as_many_queries_as_of_one() -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            documents_published(ask())
        return len(queries)

    bulletin("2026-11-10", body=[("attachment", {"document": paper("uno")})])
    cost()  # what Django remembers of its content types is asked for once
    one = cost()
    bulletin("2026-11-11", body=[("attachment", {"document": paper("dos")})])
    assert cost() == one


# --- Departments ---

AUTUMN = Period(date(2026, 10, 1), date(2026, 11, 30))


def test_each_department_owes_each_month_a_bulletin_once_the_month_is_over() -> None:
    works = DepartmentFactory.create()
    DepartmentFactory.create(name="Turismo", slug="turismo")
    for day in ("2026-10-05", "2026-10-20", "2026-11-03"):
        bulletin(day, department=works)
    bulletin("2026-10-06")
    reading = departments_heard(ask(AUTUMN))
    assert reading.text == "2 de 3"
    assert [record.when for record in reading.records] == [date(2026, 10, 5), date(2026, 11, 3)]
    assert [(missing.title, missing.detail, missing.days_late) for missing in reading.missing] == [
        ("Turismo", "Sin boletín en octubre", 25)
    ]


def test_a_department_that_retired_and_a_month_that_began_before_the_records_owe_nothing() -> None:
    DepartmentFactory.create(name="Turismo", slug="turismo", active=False)
    works = DepartmentFactory.create()
    assert departments_heard(ask(Period(date(2026, 10, 2), date(2026, 10, 31)))).missing == ()
    bulletin("2026-10-05", department=works)
    assert departments_heard(ask(AUTUMN)).text == "1 de 1"


def test_departments_are_heard_about_a_topic() -> None:
    works = DepartmentFactory.create()
    tagged(bulletin("2026-10-05", department=works))
    assert [departments_heard(ask(AUTUMN, topic=topic)).text for topic in ("agua", "otro")] == [
        "1 de 1",
        "0 de 1",
    ]
    assert departments_heard(ask(AUTUMN, department="turismo")).text == "0 de 0"


# --- Cost ---


@pytest.mark.parametrize(
    ("take", "channel"),
    [
        (bulletins_on_working_days, ""),
        (days_with_publication, ""),
        (days_with_publication, "telegram"),
        (bulletins_told_promptly, "telegram"),
    ],
)
def test_three_items_cost_as_many_queries_as_one(take: object, channel: str) -> None:
    assert callable(take)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            take(ask(channel=channel))
        return len(queries)

    def add(day: int) -> None:
        sent(bulletin(f"2026-11-{day} 10:00"), f"2026-11-{day} 10:01")
        act(f"2026-11-{day} 09:00", Settlement.COVERED, Settlement.DUE)

    add(10)
    one = cost()
    add(11)
    add(12)
    assert cost() == one <= 3
