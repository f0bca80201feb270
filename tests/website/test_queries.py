from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from factories import library as photos
from factories import newsroom as news
from factories.plan import IndicatorFactory, PlanFactory
from factories.website import marks_taken_up, nothing_due
from pregon.accounts.models import Office, Topic
from pregon.agenda.models import Coverage
from pregon.library.models import Photo
from pregon.website import actions as website
from pregon.website import queries
from pregon.website.enums import Baking
from pregon.website.models import BakedPage

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
EVENING = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # still the 20th in the centre of Mexico


def test_a_bulletin_is_shown_by_its_month_topics_act_and_album() -> None:
    act, album = news.act(), photos.AlbumFactory()
    topic = Topic.objects.create(name="Agua", slug="agua")
    bulletin = news.published("Pozo nuevo", act=act, album=album, topics=[topic])
    month = timezone.localdate(bulletin.first_published_at)
    paths = queries.paths_of_bulletin(bulletin)
    wanted = {
        bulletin.get_absolute_url(),
        act.get_absolute_url(),
        f"/galerias/{album.slug}/",
        "/boletines/tema/agua/",
        f"/boletines/{month:%Y/%m}/",
        f"/sitemap-{month:%Y-%m}.xml",
        *("/", "/boletines/", "/galerias/", "/rss.xml", "/atom.xml", "/feed.json", "/sitemap-noticias.xml"),
    }
    assert wanted - set(paths) == set()


def test_a_page_is_fresh_until_something_that_it_shows_is_marked() -> None:
    at = timezone.now()
    nothing_due()
    website.mark(["/agenda/"], at=at)
    marked = queries.is_fresh("/agenda/")
    marks_taken_up()
    BakedPage.objects.update(state=Baking.BAKED, due_at=None)
    baked = queries.is_fresh("/agenda/")
    website.mark(["/agenda/"], at=at, due=at + timedelta(hours=1))
    later = queries.is_fresh("/agenda/")
    website.mark_everything(at=at)
    assert (marked, baked, later, queries.is_fresh("/agenda/")) == (False, True, True, False)


def test_overdue_pages_are_counted_once_whether_a_baker_has_seen_their_marks_or_not() -> None:
    at = timezone.now()
    nothing_due()
    website.mark(["/", "/agenda/"], at=at)
    marks_taken_up()
    website.mark(["/", "/plan/"], at=at)
    website.mark(["/boletines/"], at=at, due=at + timedelta(hours=1))
    late = queries.overdue(at), queries.overdue(at - timedelta(seconds=1))
    website.mark_everything(at=at)
    assert (*late, queries.overdue(at)) == (3, 0, 2)


def test_what_happens_counts_only_on_measured_pages_of_the_plans_of_its_year_and_later() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    for year in (2025, 2026):
        plan = PlanFactory.create(year=year, slug=f"plan-{year}")
        IndicatorFactory.create(plan=plan, code=f"actos-{year}", measure="acts_covered")
        IndicatorFactory.create(plan=plan, code=f"otros-{year}")
        IndicatorFactory.create(plan=plan, code=f"boletines-{year}", measure="bulletins_published")
    news.act(start=datetime(2025, 1, 10, tzinfo=UTC))  # the first record of all
    figure = "/plan/plan-2026/actos-2026/"
    tables = [
        f"/plan/plan-2026/datos/{name}.{form}"
        for name in ("indicadores", "actividades", "registros")
        for form in ("csv", "json")
    ]
    now = ["/plan/plan-2026/informe/2026-t4/", "/plan/plan-2026/informe/2026/"]
    of_the_year = ["/", "/plan/", "/plan/plan-2026/", "/plan/comparar/plan/", *now, *tables, figure]
    with time_machine.travel(at, tick=False):
        assert queries.plan_paths([Coverage], at) == of_the_year
        assert queries.plan_paths([Coverage], at - timedelta(days=20)) == [*of_the_year, f"{figure}10/"]
        assert queries.plan_paths([Photo], at) == queries.plan_paths([Coverage]) == []


def test_the_photos_of_a_bulletin_move_their_figures_with_it() -> None:
    news.act(start=datetime(2025, 1, 10, tzinfo=UTC))  # the first record of all
    plan = PlanFactory.create(year=2026, slug="plan-2026")
    figure = IndicatorFactory.create(plan=plan, measure="albums_published").get_absolute_url()
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=False):
        album = photos.AlbumFactory(day=date(2026, 11, 19))
        plain, pictured = news.published("Sin fotos"), news.published("Con fotos", album=album)
        assert figure not in queries.paths_of_bulletin(plain)
        assert figure in queries.paths_of_bulletin(pictured)


def test_the_first_record_moves_the_day_from_which_every_figure_is_told() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    plan = PlanFactory.create(year=2026, slug="plan-2026")
    figures = [
        IndicatorFactory.create(plan=plan, measure=measure).get_absolute_url()
        for measure in ("acts_covered", "bulletins_published", "")
    ]
    with time_machine.travel(at, tick=False):
        assert set(figures) & set(queries.plan_paths([Photo], at)) == set(figures[:2])
        news.act(start=at - timedelta(days=2))
        assert set(figures) & set(queries.plan_paths([Photo], at - timedelta(days=2))) == set(figures[:2])
        assert queries.plan_paths([Photo], at) == []


def test_years_are_compared_on_a_page_only_where_a_plan_has_several() -> None:
    alone = PlanFactory.create(year=2026, slug="otro-2026")
    first, second = (PlanFactory.create(year=year, slug=f"plan-{year}") for year in (2025, 2026))
    assert queries.comparisons_of([alone]) == []
    assert queries.comparisons_of([first, second, alone]) == ["/plan/comparar/plan/"]
    assert queries.paths_beside_plan(first) == [
        "/plan/comparar/plan/",
        "/plan/plan-2025/",
        "/plan/plan-2026/",
    ]


def test_a_page_that_a_plan_has_no_longer_is_among_its_pages() -> None:
    plan = PlanFactory.create(slug="uno")
    nothing_due()
    website.mark(["/plan/uno/de-antes/"], at=timezone.now())
    marks_taken_up()
    website.mark(["/plan/uno/de-ahora/", "/agenda/"], at=timezone.now())
    paths = queries.paths_of_plan(plan)
    assert paths[:3] == ["/", "/plan/", "/plan/uno/"]
    assert paths[-2:] == ["/plan/uno/de-antes/", "/plan/uno/de-ahora/"]
    assert {"/plan/uno/informe/2026/", "/plan/uno/datos/", "/plan/uno/datos/diccionario.csv"} < set(paths)


def test_a_topic_that_was_taken_away_is_still_told() -> None:
    old, new = (Topic.objects.create(name=name, slug=name) for name in ("agua", "luz"))
    bulletin = news.published("Pozo nuevo", topics=[old])
    bulletin.topics = [new]
    bulletin.save_revision().publish()
    bulletin.refresh_from_db()
    assert {"agua", "luz"} <= set(queries.topics_of(bulletin))


def test_the_answer_costs_the_same_however_many_bulletins_there_are() -> None:
    counts = []
    for many in (2, 4):
        bulletins = [news.published(f"Boletín {many} {n}") for n in range(many)]
        with CaptureQueriesContext(connection) as asked:
            queries.paths_of_bulletin(bulletins[-1])
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_everything_holds_what_each_thing_asks_for() -> None:
    bulletin = news.published("Pozo nuevo", act=news.act(start=timezone.now()))
    everything = set(queries.everything(timezone.now() + timedelta(seconds=1)))
    own = {bulletin.get_absolute_url(), bulletin.act.get_absolute_url(), "/", "/rss.xml"}
    assert own - everything == set()


def test_a_day_ends_at_the_offices_own_midnight() -> None:
    office = news.town()
    assert queries.midnight_after(EVENING, office) == datetime(2026, 11, 21, 6, 0, tzinfo=UTC)


def test_a_months_page_names_its_neighbours_across_the_year() -> None:
    at = datetime(2026, 12, 15, tzinfo=UTC)
    news.act("De octubre", start=datetime(2026, 10, 15, tzinfo=UTC))
    paths = queries.agenda_paths(at, news.town(), at=at)
    assert paths == ["/agenda/2026/12/", "/agenda/2026/10/", "/agenda/2027/01/"]


def test_what_never_changes_by_the_hour_is_never_due_by_it() -> None:
    at = timezone.now()
    bulletin = news.published("Pozo nuevo")
    assert [queries.next_change(path, at) for path in ("/privacidad/", bulletin.get_absolute_url())] == [
        None,
        None,
    ]


def test_the_news_sitemap_is_due_when_its_oldest_entry_is_two_days_old() -> None:
    bulletin = news.published("Pozo nuevo")
    at = bulletin.first_published_at + timedelta(hours=1)
    due = bulletin.first_published_at + queries.NEWS_WINDOW
    assert queries.next_change("/sitemap-noticias.xml", at) == due


def test_an_act_is_due_when_it_begins_and_when_it_ends() -> None:
    start = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
    act = news.act(start=start, end=start + timedelta(hours=2))
    path = act.get_absolute_url()
    moments = [queries.next_change(path, start + timedelta(minutes=m)) for m in (-30, 30, 150)]
    assert moments == [start, start + timedelta(hours=2), None]


def test_everything_holds_the_pages_beside_the_bulletins_and_what_lies_there() -> None:
    episode, service = news.episode(), news.service()
    secret = news.campaign("Secreta", public=False)
    told = set(queries.everything(timezone.now()))
    assert {*queries.own_paths(type(episode), episode.slug), service.get_absolute_url()} - told == set()
    assert f"/documentos/{episode.recording.pk}/" in told
    assert secret.get_absolute_url() not in told


def test_a_document_of_a_campaign_is_public_with_it() -> None:
    document = news.document(b"a", "a.pdf")
    given = [("document", {"document": document, "title": ""})]
    campaign = news.campaign(documents=given)
    before = queries.is_published(document, timezone.now())
    campaign.unpublish()
    assert (before, queries.is_published(document, timezone.now())) == (True, False)


def test_the_bar_names_the_lists_that_have_something_in_one_question() -> None:
    news.video(), news.service(public=False)
    with CaptureQueriesContext(connection) as asked:
        found = queries.sections(timezone.now())
    assert (found, len(asked)) == ({"/videos/"}, 1)


def test_a_campaign_changes_at_midnight_only() -> None:
    at = timezone.now()
    midnight = queries.midnight_after(at, Office.load())
    assert queries.next_change("/campanas/vacuna/", at) == queries.next_change("/servicios/", at) == midnight
