"""What a change bakes, asked of the whole public folder: after it, and after everything was baked anew at the same
hour, every file is the same byte for byte; and pages that do not show what changed are left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.documents import get_document_model

from factories import alerts as warnings
from factories import newsroom as news
from factories import website as pages
from factories.accounts import UserFactory
from factories.library import AlbumFactory
from factories.plan import ActivityFactory, IndicatorFactory, PlanFactory, ProgrammeFactory
from pregon.accounts.models import Department, Locality, Topic
from pregon.agenda import actions as agenda
from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Act, Coverage
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.models import Alert
from pregon.core.home import Home
from pregon.delivery.enums import Mode
from pregon.delivery.models import ChannelAccount
from pregon.library.models import Album, Photo
from pregon.library.queries import folder_of
from pregon.newsroom import actions as newsroom
from pregon.newsroom.errors import NewsroomError
from pregon.newsroom.models import Bulletin, Campaign, Episode, LiveBlog, Service, Video
from pregon.plan import actions as plans
from pregon.plan.actions.loading import put_in
from pregon.plan.errors import PlanError
from pregon.plan.models import Activity, Deviation, Indicator, Input, Plan, Programme
from pregon.plan.queries import as_written
from pregon.website import actions as website
from pregon.website import queries
from pregon.website.models import BakedPage

# On PostgreSQL the changes in a row stand for all: what a change bakes is told in the same questions there.
pytestmark = [pytest.mark.django_db, pytest.mark.parts]

NOON = news.NOON
#: The reports and tables of a plan are marked as one: which of them a record is in costs more to ask than to write.
TOGETHER_SPARE = 11
#: Never shown by what is changed here; each stands for its kind.
BYSTANDERS = ("/privacidad/", "/marca.css", "/boletines/tema/deporte/", "/robots.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A small office in which everything is shown somewhere."""

    water: Topic
    health: Topic
    works: Department
    hill: Locality
    album: Album
    other_album: Album
    photo: Photo
    second: Photo
    act: Act
    other_act: Act
    first: Bulletin
    latest: Bulletin
    old: Bulletin
    plan: Plan
    document: Any
    campaign: Campaign
    service: Service
    episode: Episode
    video: Video


def ready(**fields: Any) -> Photo:
    """A photo whose copies really lie there."""
    photo = pages.ready_photo(**fields)
    for copy in photo.copies:
        file = folder_of(photo) / copy["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(f"{photo.pk} {copy['file']}".encode())
    return photo


def at_hour(when: Any, make: Callable[[], Any]) -> Any:
    with time_machine.travel(when, tick=False):
        return make()


@pytest.fixture
def town(home: Home) -> Town:
    news.town()
    water, health = (
        Topic.objects.create(name="Agua", slug="agua"),
        Topic.objects.create(name="Vacunas", slug="vacunas"),
    )
    Topic.objects.create(name="Deporte", slug="deporte")
    works = Department.objects.get(name="Dirección de Obras Públicas")
    hill = Locality.objects.get(name="La Loma")
    plan = PlanFactory.create(year=2026, slug="plan-2026")
    programme = ProgrammeFactory.create(plan=plan)
    IndicatorFactory.create(plan=plan, programme=programme, measure="acts_covered", target=100)
    IndicatorFactory.create(plan=plan, measure="days_with_publication")
    ActivityFactory.create(plan=plan, programme=programme, measure="bulletins_on_working_days")
    album, other_album = AlbumFactory.create(title="El andador"), AlbumFactory.create(title="La feria")
    photo, second = (ready(album=album, caption=words) for words in ("El pozo", "La bomba"))
    loose = ready(album=other_album, caption="La rueda")
    document = get_document_model().objects.create(
        title="Convocatoria", file=ContentFile(b"%PDF-1.4 muestra", name="convocatoria.pdf")
    )
    act = news.act(
        "Reapertura del andador", start=NOON - timedelta(hours=3), end=NOON - timedelta(hours=2), album=album
    )
    other_act = news.act("Feria de la salud", start=NOON + timedelta(days=2), album=other_album)
    old = at_hour(
        NOON - timedelta(days=70),
        lambda: news.published("Agua para todos", topics=[water], localities=[hill], department=works),
    )
    first = at_hour(
        NOON - timedelta(days=1),
        lambda: news.published(
            "Reabre el andador",
            topics=[water],
            act=act,
            album=album,
            cover=photo,
            department=works,
            body=[("attachment", {"document": document, "title": "Convocatoria"})],
        ),
    )
    latest = at_hour(
        NOON - timedelta(hours=1),
        lambda: news.published("Vacunas en la plaza", topics=[health], cover=loose),
    )
    beside = at_hour(NOON - timedelta(days=3), lambda: pages_beside(water, health, works, hill))
    for each in (photo, second):
        each.refresh_from_db()
    return Town(
        water=water, health=health, works=works, hill=hill, album=album, other_album=other_album, photo=photo,
        second=second, act=act, other_act=other_act, first=first, latest=latest, old=old, plan=plan, document=document,
        campaign=beside[0], service=beside[1], episode=beside[2], video=beside[3],
    )  # fmt: skip


def pages_beside(
    water: Topic, health: Topic, works: Department, hill: Locality
) -> tuple[Campaign, Service, Episode, Video]:
    """One of each kind, so that all have their links; what is told of them changes at some hour."""
    flyer = news.document(b"%PDF-1.4 volante", "volante.pdf")
    today = NOON.date()
    return (
        news.campaign(
            "Cuida el agua",
            topics=[water],
            localities=[hill],
            department=works,
            since=today - timedelta(days=3),
            until=today + timedelta(days=9),
            cover=ready(album=AlbumFactory(title="La presa"), caption="La presa"),
            documents=[("document", {"document": flyer, "title": "Volante"})],
        ),
        news.service(
            topics=[water],
            department=works,
            change="Se atiende por la tarde.",
            change_until=today + timedelta(days=2),
        ),
        news.episode(topics=[health], chapters="00:00 El manantial"),
        news.video(topics=[health], cover=ready(caption="El cerro")),
    )


# --- Kinds of change ------------------------------------------------------------------------------------------


def saved(item: Any, **fields: Any) -> None:
    """Change ``item`` as a form does: a row read anew, and saved whole."""
    fresh = type(item).objects.get(pk=item.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.save()


def live(act: Act) -> LiveBlog:
    return newsroom.open_live(act, by=None, at=timezone.now())


def posted(blog: LiveBlog) -> LiveBlog:
    newsroom.post(blog, newsroom.Words(text="Arranca."), key=uuid4(), by=None, at=timezone.now())
    return blog


def closed(blog: LiveBlog) -> None:
    newsroom.close_live(posted(blog), by=None, at=timezone.now())


def deleted(item: Any) -> None:
    type(item).objects.get(pk=item.pk).delete()


def corrected(bulletin: Bulletin, **fields: Any) -> None:
    fresh = Bulletin.objects.get(pk=bulletin.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    fresh.lead = f"{fresh.lead} Con un dato más."
    newsroom.correct(fresh, change="Un dato.", reason="Faltaba.", by=None, at=timezone.now())


def withdrawn(bulletin: Bulletin) -> None:
    newsroom.withdraw(
        Bulletin.objects.get(pk=bulletin.pk), reason="Dato equivocado.", by=None, at=timezone.now()
    )


def renamed(bulletin: Bulletin) -> None:
    fresh = Bulletin.objects.get(pk=bulletin.pk)
    fresh.slug = "2026-900-otra-direccion"
    fresh.save_revision().publish()


def republished(piece: Any, **fields: Any) -> None:
    """``piece`` with other words, as its editor publishes it."""
    fresh = type(piece).objects.get(pk=piece.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    newsroom.publish(fresh, by=None)


def unpublished(piece: Any) -> None:
    type(piece).objects.get(pk=piece.pk).unpublish()


def of_topic(act: Act, topic: Topic) -> None:
    act.topics.set([topic])
    act.save()


def followed_and_renamed(town: Town) -> None:
    """Its pages are baked with the name before, and offer notices of it."""
    fairs = Topic.objects.create(name="Ferias", slug="ferias")
    of_topic(town.other_act, fairs)
    live(town.other_act)
    bake_all()
    saved(fairs, name="Ferias y fiestas")


def settled(act: Act) -> None:
    agenda.settle(act, product=Product.PHOTOS, evidence="/galerias/x/", at=timezone.now())


def asked_of_act(act: Act) -> None:
    Coverage.objects.create(act=act, product=Product.VIDEO)


def channel(mode: Mode) -> None:
    account, _ = ChannelAccount.objects.get_or_create(kind="telegram")
    account.mode, account.options = mode, {"chat": "@muestra", "public_address": "muestra"}
    account.save()


LONG_AGO = NOON - timedelta(days=70)


def month_closed(town: Town) -> None:
    with suppress(PlanError):  # somebody closed it before
        plans.close_month(town.plan, LONG_AGO.month, by=UserFactory.create(), at=timezone.now())


def month_opened(town: Town) -> None:
    month_closed(town)
    bake_all()
    plans.reopen_month(
        town.plan, LONG_AGO.month, reason="Faltaba un boletín.", by=UserFactory.create(), at=timezone.now()
    )


def act_hidden_after_closing(town: Town) -> None:
    act = news.act("Arranque de obra", start=LONG_AGO, end=LONG_AGO + timedelta(hours=1))
    Coverage.objects.filter(act=act).update(settlement=Settlement.COVERED)
    month_closed(town)
    bake_all()
    saved(act, public=False)


def captured(town: Town, name: str) -> Any:
    document = news.document(b"%PDF-1.4 " + name.encode(), name)
    said = plans.Figures(
        numerator=Decimal(60), denominator=Decimal(100), note="Encuesta", evidence=document, public=True
    )
    item = Indicator.objects.get(measure="acts_covered")
    plans.capture(item, LONG_AGO.month, said, by=UserFactory.create(), at=timezone.now())
    return document


def explained(town: Town) -> None:
    said = plans.Explanation(cause="Lluvia.", remedy="Se repone.")
    plans.explain(Activity.objects.get(), LONG_AGO.month, said, by=UserFactory.create(), at=timezone.now())


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change, and which pages beside those that look different it may bake."""

    do: Callable[[Town], object]
    #: Pages taken into the oven that came out the same, at most.
    spare: int


def loaded_anew(plan: Plan) -> None:
    part = as_written(plan)
    [programme] = part.programmes
    [first] = part.indicators[:1]
    one_more = replace(first, code="nueva", name="Una más")
    other = replace(
        programme, indicators=tuple(replace(line, target=Decimal(50)) for line in programme.indicators)
    )
    put_in(replace(part, programmes=(other,), indicators=(one_more,)), at=timezone.now())


def of_another_year(year: int) -> Plan:
    plan: Plan = PlanFactory.create(year=year, slug=f"plan-{year}")
    IndicatorFactory.create(plan=plan, code="actos", measure="acts_covered", target=90)
    return plan


CHANGES: dict[str, Kind] = {
    "a bulletin is published": Kind(lambda t: news.published("Nuevo pozo", topics=[t.water], department=t.works), 3),
    "… with photos of an album that nobody has seen": Kind(
        lambda t: news.published("Álbum nuevo", album=(a := AlbumFactory.create()), cover=ready(album=a)), 2
    ),
    "… with a cover out of an album of another bulletin": Kind(
        lambda t: news.published("Otra toma", cover=ready(album=t.album, caption="Otra")), 3
    ),
    "… about an act that another one is about": Kind(lambda t: news.published("Crónica", act=t.act), 2),
    "a bulletin is corrected": Kind(lambda t: corrected(t.first, title="Reabre el andador Juárez"), 7),
    "… and is about another act": Kind(lambda t: corrected(t.first, act=t.other_act), 16),
    "… and leaves its album": Kind(lambda t: corrected(t.first, album=None, cover=None), 12),
    "… and is of another department": Kind(
        lambda t: corrected(t.first, department=Department.objects.get(name="Protección Civil")), 17
    ),
    "… and is of another topic": Kind(lambda t: corrected(t.first, topics=[t.health]), 9),
    "… and drops its document": Kind(lambda t: corrected(t.first, body=[]), 16),
    "a bulletin is withdrawn": Kind(lambda t: withdrawn(t.first), 0),
    "… the only one of its month": Kind(lambda t: withdrawn(t.old), 4),
    "… the only one of its topic": Kind(lambda t: withdrawn(t.latest), 0),
    "a bulletin moves to another address": Kind(lambda t: renamed(t.first), 7),
    "a bulletin is deleted": Kind(lambda t: deleted(t.first), 4),
    "a bulletin is unpublished": Kind(lambda t: Bulletin.objects.get(pk=t.latest.pk).unpublish(), 4),
    "a caption changes": Kind(lambda t: saved(t.photo, caption="El pozo nuevo"), 9),
    "a photo goes to another album": Kind(lambda t: saved(t.second, album=t.other_album), 3),
    "a photo comes first in its album": Kind(lambda t: saved(t.photo, position=9), 12),
    "a photo is deleted": Kind(lambda t: deleted(t.photo), 5),
    "the only photo of an album is deleted": Kind(lambda t: deleted(t.other_album.photos.get()), 3),
    "an album is renamed": Kind(lambda t: saved(t.album, title="Andador Juárez", credit="Otra persona"), 4),
    "an album moves": Kind(lambda t: saved(t.album, slug="andador-juarez"), 0),
    "an album is deleted": Kind(lambda t: deleted(t.album), 0),
    "an act is announced": Kind(lambda t: news.act("Concierto", start=NOON + timedelta(days=5)), 7),
    "… of a month far away": Kind(lambda t: news.act("Fiestas", start=NOON + timedelta(days=200)), 1),
    "… of a month long past": Kind(lambda t: news.act("Recuerdo", start=NOON - timedelta(days=200)), 8),
    "an act is renamed": Kind(lambda t: saved(t.act, title="Andador Juárez abierto"), 5),
    "an act moves to another address": Kind(lambda t: saved(t.act, slug="andador-juarez"), 5),
    "an act moves to another month": Kind(lambda t: saved(t.other_act, start=NOON + timedelta(days=130)), 6),
    "an act is cancelled": Kind(lambda t: saved(t.other_act, state="cancelado"), 8),
    "an act becomes internal": Kind(lambda t: saved(t.act, public=False), 5),
    "an act gets another album": Kind(lambda t: saved(t.act, album=None), 13),
    "an act is deleted": Kind(lambda t: deleted(t.act), 3),
    "a coverage is settled": Kind(lambda t: settled(t.act), 0),
    "a coverage is excused": Kind(
        lambda t: saved(t.act.coverages.get(product=Product.PHOTOS), settlement=Settlement.EXCUSED, reason="Lluvia."), 3
    ),
    "a coverage is asked for": Kind(lambda t: asked_of_act(t.act), 0),
    "a coverage is no longer asked for": Kind(lambda t: deleted(t.act.coverages.get(product=Product.PHOTOS)), 3),
    "a topic is renamed": Kind(lambda t: saved(t.water, name="Agua potable"), 3),
    "a topic moves": Kind(lambda t: saved(t.water, slug="agua-potable"), 12),
    "a topic is added": Kind(lambda t: Topic.objects.create(name="Cultura", slug="cultura"), 1),
    "a topic is deleted": Kind(lambda t: deleted(t.water), 1),
    "a department is renamed": Kind(lambda t: saved(t.works, name="Obras"), 8),
    "a locality is renamed": Kind(lambda t: saved(t.hill, name="La Loma Alta"), 1),
    "a locality is deleted": Kind(lambda t: deleted(t.hill), 1),
    "a plan is renamed": Kind(lambda t: saved(t.plan, title="Plan nuevo"), 3),
    "a plan moves": Kind(lambda t: saved(t.plan, slug="plan-nuevo"), 2),
    "a plan is deleted": Kind(lambda t: deleted(t.plan), 1),
    "a plan of the year before comes": Kind(lambda t: of_another_year(2025), 1),
    "a figure of the plan gets a target": Kind(
        lambda t: saved(Indicator.objects.get(measure="acts_covered"), target=50), 6
    ),
    "a figure of the plan is deleted": Kind(lambda t: deleted(Indicator.objects.get(measure="acts_covered")), 4),
    "a plan is loaded anew, with one figure other, one more and one less": Kind(lambda t: loaded_anew(t.plan), 0),
    "a deviation is told": Kind(
        lambda t: Deviation.objects.create(activity=Activity.objects.get(), month=11, cause="Llovió."), 7
    ),
    "an indicator gets another code": Kind(
        lambda t: saved(Indicator.objects.get(measure="acts_covered"), code="otra-clave"), 4
    ),
    "an activity is deleted": Kind(lambda t: deleted(Activity.objects.get()), 3),
    "a programme is renamed": Kind(lambda t: saved(Programme.objects.get(), name="Otro"), 7),
    "an input is written": Kind(
        lambda t: Input.objects.create(programme=Programme.objects.get(), description="Una cámara"), 7
    ),
    "a month of the plan is closed": Kind(lambda t: month_closed(t), 3),
    "… and opened again": Kind(lambda t: month_opened(t), 7),
    "… and a record of it is withdrawn": Kind(lambda t: (month_closed(t), withdrawn(t.old)), 5),
    "… and an act of it becomes internal": Kind(lambda t: act_hidden_after_closing(t), 12),
    "a figure of the plan is captured": Kind(lambda t: captured(t, "encuesta.pdf"), 4),
    "… and captured anew with another file": Kind(
        lambda t: (captured(t, "encuesta.pdf"), bake_all(), captured(t, "otra.pdf")), 5
    ),
    "… and its file is renamed": Kind(lambda t: saved(captured(t, "encuesta.pdf"), title="Encuesta de salida"), 4),
    "a month of the plan is explained": Kind(lambda t: explained(t), 7),
    "a channel is switched on": Kind(lambda t: channel(Mode.LIVE), 3),
    "a live coverage opens": Kind(lambda t: live(t.other_act), 0),
    "… and has a post": Kind(lambda t: posted(live(t.other_act)), 0),
    "… and is closed": Kind(lambda t: closed(live(t.other_act)), 6),
    "the topic of an act that is told live is renamed": Kind(followed_and_renamed, 11),
    "an act is announced that is of a topic": Kind(
        lambda t: of_topic(news.act("Limpieza del río", start=NOON + timedelta(days=5)), t.water), 7
    ),
    "a campaign is published": Kind(lambda t: news.campaign("Vacuna a tu mascota", topics=[t.health]), 0),
    "… with a cover out of an album of a bulletin": Kind(
        lambda t: news.campaign("Sin baches", cover=ready(album=t.album, caption="Un bache")), 0
    ),
    "… with a bulletin that somebody chose": Kind(lambda t: news.campaign("Sin baches", bulletins=[t.latest]), 0),
    "a campaign says something else": Kind(lambda t: republished(t.campaign, title="Cada gota"), 4),
    "a campaign drops its document": Kind(lambda t: republished(t.campaign, documents=[]), 5),
    "… and its cover": Kind(lambda t: republished(t.campaign, cover=None), 1),
    "… and is over": Kind(lambda t: republished(t.campaign, until=NOON.date() - timedelta(days=1)), 4),
    "… and its topic": Kind(lambda t: republished(t.campaign, topics=[t.health]), 6),
    "a campaign moves to another address": Kind(lambda t: republished(t.campaign, slug="cada-gota"), 4),
    "a service is published": Kind(lambda t: news.service("Permiso de obra", topics=[t.health]), 0),
    "a service says something else": Kind(lambda t: republished(t.service, hours="9 a 15 h", change=""), 0),
    "an episode is published": Kind(lambda t: news.episode("La feria por dentro"), 1),
    "an episode gets other captions": Kind(
        lambda t: republished(t.episode, captions=news.VTT.replace("agua", "lluvia"), chapters=""), 3
    ),
    "an episode moves to another address": Kind(lambda t: republished(t.episode, slug="la-lluvia"), 1),
    "a video gets another file": Kind(
        lambda t: republished(t.video, recording=None, url="https://ejemplo.invalid/v"), 2
    ),
    "the file of an episode is renamed": Kind(lambda t: saved(t.episode.recording, title="Otro nombre"), 3),
    "the photo of a campaign has another caption": Kind(lambda t: saved(t.campaign.cover, caption="El vaso"), 3),
    "the photo of a campaign is deleted": Kind(lambda t: deleted(t.campaign.cover), 0),
}  # fmt: skip


# --- The proof ------------------------------------------------------------------------------------------------


def bake_all() -> None:
    """Whatever is due, the reports that follow among it."""
    while website.bake_due(timezone.now() + website.REPORTS_FOLLOW):
        pass


def folder(home: Home) -> dict[str, bytes]:
    return {
        str(file.relative_to(home.baked)): file.read_bytes()
        for file in home.baked.rglob("*")
        if file.is_file()
    }


def anew(home: Home) -> dict[str, bytes]:
    """Everything, baked as if nothing had ever been."""
    shutil.rmtree(home.baked)
    home.baked.mkdir()
    pages.nothing_due()
    website.mark(queries.everything(timezone.now()), at=timezone.now())
    bake_all()
    return folder(home)


def versions() -> dict[str, int]:
    return dict(BakedPage.objects.values_list("path", "version"))


def address_of(file: str) -> str:
    name = f"/{file}".removesuffix(".br").removesuffix(".gz")
    for page in ("index.html", "gone.html"):
        name = name.removesuffix(page)
    return f"/{'/'.join(name.split('/')[1:3])}/" if name.startswith(("/fotos/", "/documentos/")) else name


def differing(one: dict[str, bytes], other: dict[str, bytes]) -> set[str]:
    return {address_of(name) for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_bakes_exactly_what_shows_it(
    kind: str, home: Home, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False):
        before, known = anew(home), versions()
        with django_capture_on_commit_callbacks(execute=True):
            CHANGES[kind].do(town)
        bake_all()
        after = folder(home)
        touched = {path for path, version in versions().items() if version != known.get(path)}
        spare = touched - differing(before, after)
        stale = differing(after, anew(home))
    assert stale == set()
    assert set(BYSTANDERS) & touched == set()
    together = {path for path in spare if queries.is_report(path)}
    assert len(together) <= TOGETHER_SPARE, sorted(together)
    assert len(spare - together) <= CHANGES[kind].spare, sorted(spare - together)


#: What a plan says is said again where its years stand side by side.
YEARS: dict[str, Callable[[Town, Plan], object]] = {
    "a record comes": lambda t, old: news.published("Una obra más"),
    "a target of the old year changes": lambda t, old: saved(old.indicators.get(), target=10),
    "the old year is renamed": lambda t, old: saved(old, title="El plan viejo"),
    "the old year is given to another": lambda t, old: saved(old, year=2024),
    "the old year gets an address of its own": lambda t, old: saved(old, slug="otro-2025"),
    "the new year is renamed": lambda t, old: saved(t.plan, title="El plan nuevo"),
    "the old year is deleted": lambda t, old: deleted(old),
    "the new year is deleted": lambda t, old: deleted(t.plan),
    "a third year comes": lambda t, old: of_another_year(2024),
}


@pytest.mark.parametrize("kind", YEARS)
def test_years_side_by_side_are_never_stale(
    kind: str, home: Home, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False):
        old = of_another_year(2025)
        assert "plan/comparar/plan/index.html" in anew(home)
        with django_capture_on_commit_callbacks(execute=True):
            YEARS[kind](town, old)
        bake_all()
        assert differing(folder(home), anew(home)) == set()


#: What a plan counts beside acts and bulletins changes its pages too.
COUNTED: dict[str, Callable[[Town], object]] = {
    "a campaign drops its document": lambda t: republished(t.campaign, documents=[]),
    "a campaign with a document leaves": lambda t: unpublished(t.campaign),
    "a document of a bulletin is deleted": lambda t: deleted(t.document),
    "a bulletin is of another department": lambda t: republished(t.old, department=None),
    "a department comes": lambda t: Department.objects.create(name="Turismo", slug="turismo"),
    "a department retires": lambda t: saved(t.works, active=False),
    "a department of which nothing was heard is renamed": lambda t: saved(
        Department.objects.get(name="Protección Civil"), name="Bomberos"
    ),
    "a department of which nothing was heard is deleted": lambda t: deleted(
        Department.objects.get(name="Protección Civil")
    ),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_a_plan_that_counts_documents_and_departments_is_never_stale(
    kind: str, home: Home, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False):
        for measure in ("documents_published", "departments_heard"):
            IndicatorFactory.create(plan=town.plan, measure=measure)
        before = anew(home)
        with django_capture_on_commit_callbacks(execute=True):
            COUNTED[kind](town)
        bake_all()
        after = folder(home)
        assert differing(before, after)
        assert differing(after, anew(home)) == set()


#: Their links stand in the foot of every page.
FIRST_AND_LAST: dict[str, Callable[[Town], object]] = {
    "the only service leaves": lambda t: unpublished(t.service),
    "the only video is deleted": lambda t: deleted(t.video),
    "the only episode leaves and comes back": lambda t: (unpublished(t.episode), republished(t.episode)),
    "a campaign leaves before its page was baked, and was the only one": lambda t: (
        deleted(t.campaign), unpublished(news.campaign("De prisa"))
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", FIRST_AND_LAST)
def test_the_first_of_a_kind_and_the_last_are_known_to_every_page(
    kind: str, home: Home, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False):
        anew(home)
        with django_capture_on_commit_callbacks(execute=True):
            FIRST_AND_LAST[kind](town)
        bake_all()
        assert differing(folder(home), anew(home)) == set()


def cancelled(alert: Alert) -> None:
    editor = warnings.person()
    ending = alerts.cancel(alert, by=editor, at=timezone.now())
    alerts.propose(ending, by=editor, at=timezone.now(), word="alerta")


#: Their banner stands on every page; what is kept without a connection tells of them too.
ALERTS: dict[str, Callable[[], object]] = {
    "an alert goes out": warnings.minor,
    "a drill goes out": lambda: warnings.minor(status=Status.EXERCISE),
    "an alert is cancelled": lambda: (leak := warnings.minor(), bake_all(), cancelled(leak)),
}


@pytest.mark.parametrize("kind", ALERTS)
def test_an_alert_leaves_nothing_stale(
    kind: str, home: Home, town: Town, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with time_machine.travel(NOON, tick=False):
        before = anew(home)
        with django_capture_on_commit_callbacks(execute=True):
            ALERTS[kind]()
        bake_all()
        after = folder(home)
        assert "/sin-conexion.json" in differing(before, after)
        assert differing(after, anew(home)) == set()


@pytest.mark.parametrize(
    "hours",
    [1, 3, 10, 24 * 3, 24 * 11, 24 * 45, 24 * 400],
    ids=["an hour", "three", "a night", "three days", "a new month", "the next", "a new year"],
)
def test_the_hour_alone_makes_due_what_it_changes(hours: int, home: Home, town: Town) -> None:
    with time_machine.travel(NOON, tick=False):
        anew(home)
    with time_machine.travel(NOON + timedelta(hours=hours), tick=False):
        website.reconcile(at=timezone.now())
        bake_all()
        assert differing(folder(home), anew(home)) == set()


@pytest.mark.postgresql
@hypothesis_settings(
    max_examples=12, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kinds=st.lists(st.sampled_from(sorted(CHANGES)), min_size=2, max_size=5, unique=True))
def test_changes_one_after_another_leave_nothing_stale(
    home: Home,
    town: Town,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    kinds: list[str],
) -> None:
    with time_machine.travel(NOON, tick=False), rolled_back():
        anew(home)
        for kind in kinds:
            # What an earlier change took away cannot change any more.
            with (
                suppress(ObjectDoesNotExist, NewsroomError),
                django_capture_on_commit_callbacks(execute=True),
                transaction.atomic(),
            ):
                CHANGES[kind].do(town)
            bake_all()
        assert differing(folder(home), anew(home)) == set()
    cache.clear()


@contextmanager
def rolled_back() -> Iterator[None]:
    """Whatever is written within it is forgotten."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
