from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from factories import alerts
from factories import newsroom as news
from factories.delivery import SubscriberFactory
from factories.library import AlbumFactory
from factories.plan import ActivityFactory, IndicatorFactory, ProgrammeFactory, photo_row
from factories.website import marks_taken_up, nothing_due
from pregon.accounts.models import DaysOff, Office, Topic
from pregon.agenda.models import Act
from pregon.alerts.actions import expire_due as end_alerts
from pregon.alerts.actions import propose
from pregon.core.home import Home
from pregon.delivery.models import ChannelAccount
from pregon.newsroom import actions as newsroom
from pregon.plan import actions as plans
from pregon.website.actions import bake
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, BakingMark, Broadcast

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)


def due_after(change: Callable[[], object]) -> set[str]:
    """What becomes due when everything was fresh before."""
    marks_taken_up()
    BakedPage.objects.update(state=Baking.BAKED, due_at=None)
    change()
    marks_taken_up()
    return set(BakedPage.objects.filter(state=Baking.DUE).values_list("path", flat=True))


def test_moving_an_act_makes_the_month_it_left_due_too() -> None:
    act = news.act("Jornada de salud", start=timezone.now())
    act = Act.objects.get(pk=act.pk)
    left = act.start

    def move() -> None:
        act.start = left + timedelta(days=93)
        act.save()

    due = due_after(move)
    months = {f"/agenda/{at.astimezone(Office.load().zone):%Y/%m}/" for at in (left, act.start)}
    assert {*months, "/agenda.ics"} - due == set()


def test_a_new_topic_makes_two_pages_due_and_a_renamed_one_those_that_name_it() -> None:
    few = due_after(lambda: Topic.objects.create(name="Agua", slug="agua"))
    topic = Topic.objects.get(slug="agua")
    about, other = news.published("Pozo nuevo", topics=[topic]), news.published("Vacunas")
    named = due_after(topic.save)
    assert few == {"/boletines/tema/agua/", "/suscripcion/"}
    assert {about.get_absolute_url(), "/", "/rss.xml"} - named == set()
    assert other.get_absolute_url() not in named


def test_other_colours_make_every_page_due() -> None:
    news.published("Pozo nuevo")
    due = due_after(Office.load().save)
    assert len(due) == BakedPage.objects.count()


def test_photos_that_come_in_move_their_figure_once_a_while_after() -> None:
    figure = IndicatorFactory.create(measure="photos_described", plan__slug="plan-2026").get_absolute_url()
    IndicatorFactory.create(measure="alerts_issued", plan__slug="otro-2026")
    news.act(start=datetime(2026, 1, 10, tzinfo=UTC))  # the first record of all
    album = AlbumFactory.create(day=date(2026, 3, 6))
    nothing_due()
    with time_machine.travel(datetime(2026, 3, 6, 18, tzinfo=UTC), tick=False):
        for _ in range(3):
            photo_row(album)
        [(due_at, marks)] = Counter(
            BakingMark.objects.filter(path=figure).values_list("due_at", flat=True)
        ).items()
        assert (due_at, marks) == (timezone.now() + timedelta(minutes=5), 3)
        assert not BakingMark.objects.filter(path__startswith="/plan/otro-2026/").exists()


def test_figures_follow_a_bulletin_and_what_it_said_before_leaves_them_at_once() -> None:
    figure = IndicatorFactory.create(measure="days_with_publication", plan__slug="plan-2026", plan__year=2026)
    address = figure.get_absolute_url()

    def due_after(hour: datetime, change: Callable[[], object]) -> set[timedelta]:
        nothing_due()
        with time_machine.travel(hour, tick=False):
            change()
        return {
            due - hour for due in BakingMark.objects.filter(path=address).values_list("due_at", flat=True)
        }

    draft, later = news.draft("Pozo nuevo"), NOW + timedelta(hours=1)
    assert due_after(NOW, lambda: newsroom.publish(draft, by=None)) == {timedelta(seconds=10)}
    draft.title = "Pozo nuevo en la delegación"
    corrected = {"change": "Dice dónde.", "reason": "Faltaba.", "by": None, "at": later}
    assert due_after(later, lambda: newsroom.correct(draft, **corrected)) == {timedelta(0)}
    taken_back = {"reason": "Fue un error.", "by": None, "at": later}
    assert due_after(later, lambda: newsroom.withdraw(draft, **taken_back)) == {timedelta(0)}


def test_an_album_that_nobody_sees_makes_nothing_due() -> None:
    assert due_after(AlbumFactory) == set()


def test_what_a_plan_promises_is_on_all_its_pages() -> None:
    indicator = IndicatorFactory.create()
    activity = ActivityFactory.create(plan=indicator.plan)
    programme = ProgrammeFactory.create(plan=indicator.plan)
    pages = {indicator.plan.get_absolute_url(), indicator.get_absolute_url(), activity.get_absolute_url()}
    for piece in (indicator, activity, programme):
        assert pages - due_after(piece.save) == set()


def test_what_people_write_in_a_plan_or_take_away_is_in_its_reports_at_once() -> None:
    indicator = IndicatorFactory.create()
    plan = indicator.plan
    pieces = (indicator, ActivityFactory.create(plan=plan), ProgrammeFactory.create(plan=plan), plan)
    reports = {
        f"{plan.get_absolute_url()}informe/{plan.year}/",
        f"{plan.get_absolute_url()}datos/indicadores.csv",
    }

    def late(change: Callable[[], object]) -> set[str]:
        """Those of the reports that ``change`` does not make due in the hour in which it is done."""
        nothing_due()
        with time_machine.travel(NOW, tick=False):
            change()
        return reports - set(BakingMark.objects.filter(due_at__lte=NOW).values_list("path", flat=True))

    assert [late(piece.save) for piece in pieces] == [set()] * 4
    assert [late(piece.delete) for piece in pieces] == [set()] * 4


def test_a_day_off_counts_on_the_pages_of_all_plans() -> None:
    indicator = IndicatorFactory.create()
    pages = {"/", "/plan/", indicator.plan.get_absolute_url(), indicator.get_absolute_url()}
    off = DaysOff(first=date(2026, 7, 24), reason="Fiesta patronal")
    assert pages - due_after(off.save) == set()
    assert pages - due_after(off.delete) == set()


def test_a_plan_that_is_loaded_tells_of_its_pages_when_it_is_whole() -> None:
    plans.load_plan("mazamitla", at=timezone.now(), year=2026)
    nothing_due()
    plan = plans.load_plan("mazamitla", at=timezone.now(), year=2026)
    marked = Counter(BakingMark.objects.values_list("path", flat=True))
    assert {item.get_absolute_url() for item in plan.activities.all()} <= set(marked)
    assert max(marked.values()) <= 2


def test_the_way_in_follows_the_ways_there_are() -> None:
    reader = SubscriberFactory.create()
    own = SubscriberFactory.create(channel="telegram", broadcast=True)
    account = ChannelAccount.objects.create(kind="telegram")
    changes = (own.save, account.save, reader.save, partial(account.save, update_fields=["busy_until"]))
    assert [due_after(change) for change in changes] == [
        {"/suscripcion/"},
        {"/suscripcion/", "/suscripcion/avisos.json", "/suscripcion/gracias/"},
        set(),
        set(),
    ]


# --- Campaigns, services, recordings ------------------------------------------------------------------------


def test_the_first_of_its_kind_makes_every_page_due_and_the_next_one_few() -> None:
    news.published("Pozo nuevo")
    one, other = (news.campaign(title, public=False) for title in ("Una", "Otra"))
    first = due_after(lambda: newsroom.publish(one, by=None))
    every = BakedPage.objects.count()
    next_one = due_after(lambda: newsroom.publish(other, by=None))
    assert len(first) == every
    assert next_one == {
        "/campanas/otra/",
        "/campanas/",
        "/",
        "/sitemap.xml",
        "/sitemap-paginas.xml",
    }


def test_a_campaign_makes_the_figures_of_its_year_due() -> None:
    indicator = IndicatorFactory.create(plan__year=2026, measure="campaigns_published")
    campaign = news.campaign("Una", public=False)
    with time_machine.travel("2026-11-20 18:00", tick=False):
        due = due_after(lambda: newsroom.publish(campaign, by=None))
    assert indicator.get_absolute_url() in due


def test_an_episode_makes_its_page_its_captions_and_the_feed_due() -> None:
    news.episode()
    other = news.episode("Otro", public=False)
    due = due_after(lambda: newsroom.publish(other, by=None))
    own = {"/podcast/otro/", "/podcast/otro/subtitulos.vtt", "/podcast/otro/capitulos.json"}
    assert {*own, "/podcast/", "/podcast/rss.xml", "/"} - due == set()


def test_a_bulletin_makes_the_campaigns_of_its_topics_due() -> None:
    news.town()
    topic = Topic.objects.get(name="Salud")
    news.campaign(topics=[topic])
    news.campaign("De otra cosa")
    bulletin = news.draft("Llegan las vacunas", topics=[topic])
    due = due_after(lambda: newsroom.publish(bulletin, by=None))
    assert ("/campanas/vacuna-a-tu-mascota/" in due, "/campanas/de-otra-cosa/" in due) == (True, False)


def test_a_page_that_leaves_takes_its_file_along(
    home: Home, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        video = news.video()
    page, captions = f"{video.get_absolute_url()}", f"{video.get_absolute_url()}subtitulos.vtt"
    folder = f"/documentos/{video.recording.pk}/"
    for path in (page, captions, folder):
        bake(path, at=timezone.now())
    files = [
        home.baked / page[1:] / "index.html",
        home.baked / captions[1:],
        home.baked / folder[1:] / "paseo.webm",
    ]
    before = [file.exists() for file in files]
    with django_capture_on_commit_callbacks(execute=True):
        video.unpublish()
    assert (before, [file.exists() for file in files]) == ([True] * 3, [False] * 3)


def test_an_alert_is_on_the_front_page_before_the_rest_of_the_edition_and_told_to_open_pages() -> None:
    news.published("Pozo nuevo")
    marks_taken_up()
    BakedPage.objects.update(state=Baking.BAKED, due_at=None, bulk=False)
    alert = alerts.minor()
    marks_taken_up()
    due = dict(BakedPage.objects.filter(state=Baking.DUE).values_list("path", "bulk"))
    first = {"/", "/vivo/alerta.json", alert.get_absolute_url(), "/alertas/", alert.cap_path}
    first.add("/sin-conexion.json")
    assert len(due) == BakedPage.objects.count()
    assert (
        {path for path, bulk in due.items() if not bulk} >= first,
        due["/boletines/"],
        list(BakedPage.objects.filter(state=Baking.DUE).in_turn().values_list("path", flat=True)[:1]),
    ) == (True, True, ["/"])
    [told] = Broadcast.objects.filter(kind="alert")
    assert [each["url"] for each in told.data["alerts"]] == [alert.get_absolute_url()]
    assert f'href="{alert.get_absolute_url()}"' in told.data["html"]


def test_an_alert_moves_the_figure_that_counts_it_before_the_rest_of_the_edition() -> None:
    year = timezone.now().year
    figure = IndicatorFactory.create(measure="alerts_issued", plan__year=year, plan__slug=f"plan-{year}")
    nothing_due()
    alerts.minor()
    marks_taken_up()
    assert BakedPage.objects.get(path=figure.get_absolute_url()).bulk is False


def test_an_alert_that_is_over_clears_the_banner_of_open_pages() -> None:
    alert = alerts.minor()
    end_alerts(at=alert.expires)
    assert Broadcast.objects.filter(kind="alert").latest("pk").data == {"alerts": [], "html": ""}


def test_what_waits_for_its_second_person_is_told_to_nobody() -> None:
    editor = alerts.person()
    draft = alerts.draft(by=editor)
    due = due_after(lambda: propose(draft, by=editor, at=timezone.now(), word="ALERTA"))
    assert (due, Broadcast.objects.count()) == (set(), 0)
