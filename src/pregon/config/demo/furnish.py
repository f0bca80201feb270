"""Furnishes a demo office through the very actions an office uses: acts, albums, bulletins, readers.

Only the dates are moved afterwards, because nobody wants to wait a month to see a month.
"""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from math import cos, pi, radians
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.models import PageLogEntry, Revision

from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.accounts.models import Department, Locality, Office, Topic, User
from pregon.agenda.enums import Product, State
from pregon.agenda.models import Act, Coverage
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.models import AlertTemplate
from pregon.analytics.models import PageViews
from pregon.config.demo.coverages import close, follow
from pregon.config.demo.pages import open_pages
from pregon.config.demo.pictures import draw
from pregon.config.demo.readership import be_read
from pregon.config.demo.recordings import chimes, passing_by
from pregon.core.places import EARTH, point_of, read_point
from pregon.core.text import nearest
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Standing
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, BulletinIndex, Correction, NumberSeries, Piece

HERE = Path(__file__).parent
#: Those who read from the first day, and all.
FIRST_READERS, READERS = 8, 240
#: When the drill was.
DRILL_AGO = timedelta(days=12)
#: How long after its bulletin a story is corrected.
AFTERWARDS = timedelta(hours=2)
#: Wide enough for the front page, and developed in half the time of what the artist could draw.
DRAWN_AT = 0.75
Say = Callable[[str], None]


def furnish(office: str, *, at: datetime, say: Say) -> dict[str, str]:
    """Fill the office called ``office`` (its plan is already loaded); returns e-mail and password of each person."""
    people = hire_staff(office, at=at)
    if Bulletin.objects.exists() or PageViews.objects.exists():
        return people
    zone = Office.load().zone
    today = at.astimezone(zone).date()
    locate(office)
    localities = list(Locality.objects.order_by("pk"))
    open_office_channels(at=at - timedelta(days=90))
    invite_readers(1, FIRST_READERS, at=at)
    hold_a_drill(localities[0], at=at - DRILL_AGO)
    tell_stories(office, today=today, zone=zone, localities=localities, at=at, say=say)
    film = passing_by(picture(office, seed=7), seconds=16)
    pages = open_pages(today=today, sound=chimes(seconds=24), film=film)
    drain([Lane.NOW], clock=timezone.now)
    for weeks, page in enumerate(pages, start=1):
        date_back(page, by=timedelta(weeks=-weeks))
    announce(load("upcoming.yaml"), today=today, zone=zone, localities=localities)
    for coverage in load("coverages.yaml"):
        cover_live(office, coverage, place=localities[0], at=at)
    drain([Lane.NOW], clock=timezone.now)
    for story in load("waiting.yaml"):
        if story["espera"] == "visto-bueno":
            ask_for_approval(story)
        else:
            hold_back(office, story, today=today, zone=zone, place=localities[0], at=at)
    assign_acts(today, zone=zone)
    be_read(zone=zone, at=at)
    return people


def tell_stories(
    office: str, *, today: date, zone: ZoneInfo, localities: list[Locality], at: datetime, say: Say
) -> None:
    """The bulletins of the last weeks, each dated back to its day; the newest goes out now, to every reader."""
    stories = load("stories.yaml")
    days = [*past_days(today, count=max(0, len(stories) - 1)), today]
    begin_series(days[0], year=today.year)
    for number, (day, story) in enumerate(zip(days, stories, strict=False), start=1):
        newest = number == len(stories)
        if newest:
            invite_readers(FIRST_READERS + 1, READERS, at=at)
        place = localities[(number - 1) % len(localities)]
        told_here = told(story, place.name)
        start = moment(today - timedelta(days=1) if newest else day, told_here["hora"], zone=zone)
        bulletin = publish_story(office, told_here, start=start, place=place, seed=number - 1, at=at)
        drain([Lane.NOW], clock=timezone.now)
        if mend := told_here.get("correccion"):
            correct_later(bulletin, mend)
        if not newest:
            move_back(bulletin, to=start + timedelta(minutes=42 + number % 50))
        say(f"  {number:2d} de {len(stories)} boletines")


def hold_a_drill(place: Locality, *, at: datetime) -> None:
    """An exercise of some days ago, proposed by one person and confirmed by another, that is long over."""
    writer = User.objects.get(groups__name=Role.EDITOR)
    head = User.objects.get(groups__name=Role.HEAD)
    words = {"lugar": place.name, "albergue": _("la Casa de la Cultura (datos de muestra)")}
    template = AlertTemplate.objects.get(slug="inundacion")
    drill = alerts.begin(
        template, status=Status.EXERCISE, by=writer, at=at, words=words, localities=(place.pk,)
    )
    alerts.propose(drill, by=writer, at=at)
    drill = alerts.confirm(drill, by=head, at=at + timedelta(seconds=48))
    drain([Lane.ALERT], clock=timezone.now)
    sent = Dispatch.objects.about(drill.origin)
    sent.update(prepared_at=F("created_at"))
    Delivery.objects.filter(dispatch__in=sent).update(settled_at=F("due_at") + timedelta(seconds=2))
    alerts.expire_due(at=drill.expires)


def load(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def moment(day: date, hour: str, *, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.fromisoformat(hour.zfill(5)), tzinfo=zone)


def told(story: dict[str, Any], place: str) -> dict[str, Any]:
    """The story with its places filled in."""
    town = Office.load().municipality

    def fill(value: Any) -> Any:
        match value:
            case str():
                return value.replace("{municipio}", town).replace("{localidad}", place)
            case list():
                return [fill(item) for item in value]
            case dict():
                return {key: fill(item) for key, item in value.items()}
            case _other:
                return value

    return {key: fill(value) for key, value in story.items()}


def past_days(today: date, *, count: int) -> list[date]:
    """The last ``count`` working days before today, but for one that shows how a gap looks; oldest first."""
    calendar = Office.load().calendar
    days: list[date] = []
    day = today
    while len(days) < count + 1:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            days.append(day)
    days.pop(min(3, count))
    return sorted(days)


def begin_series(first: date, *, year: int) -> None:
    """Leave the series where a year of this rhythm would be, so that numbers look like an office's."""
    before = first.timetuple().tm_yday * 5 // 7 if first.year == year else 0
    NumberSeries.objects.update_or_create(year=year, defaults={"last": before})


def publish_story(
    office: str,
    story: dict[str, Any],
    *,
    start: datetime,
    place: Locality,
    seed: int,
    at: datetime,
    embargo: datetime | None = None,
) -> Bulletin:
    """One act with its album and bulletin, taken in from a folder as ``pregon publish`` does."""
    zone = Office.load().zone
    with tempfile.TemporaryDirectory(prefix="pregon-demo-") as folder:
        write_folder(Path(folder), office, story, start=start, place=place, seed=seed, embargo=embargo)
        bulletin = newsroom.take_in(Path(folder), by=None, zone=zone, at=at).bulletin
        bulletin.intake.delete()
    Photo.objects.filter(album=bulletin.album).update(taken_at=start + timedelta(minutes=12))
    return bulletin


def write_folder(
    path: Path,
    office: str,
    story: dict[str, Any],
    *,
    start: datetime,
    place: Locality,
    seed: int,
    embargo: datetime | None,
) -> None:
    pictures = pictures_of(seed)
    front: dict[str, Any] = {
        "titulo": story["titulo"],
        "subtitulo": story.get("subtitulo", ""),
        "lectura_facil": story.get("lectura_facil", ""),
        "fecha": f"{start:%Y-%m-%d %H:%M}",
        "lugar": story["lugar"],
        "dependencia": known(Department, story["dependencia"]),
        "tipo": story["tipo"],
        "temas": [known(Topic, story["tema"])],
        "localidades": [place.name],
        "fotos": [
            {
                "archivo": f"{number:02d}.jpg",
                "pie": f"{story['titulo']}. Imagen de muestra.",
                "texto_alternativo": "Dibujo de muestra con el paisaje del municipio.",
                "credito": "Comunicación Social",
            }
            for number in range(1, pictures + 1)
        ],
    }
    if embargo:
        front["embargo"] = f"{embargo:%Y-%m-%d %H:%M}"
    text = [story["entrada"], *story["parrafos"][:1]]
    if figures := story.get("datos"):
        text.append(
            "```datos\n" + "\n".join(f"{value}: {label}" for value, label in figures.items()) + "\n```"
        )
    if quote := story.get("cita"):
        text.append(f"> {quote['texto']}\n> — {quote['cargo']}")
    text += story["parrafos"][1:]
    sheet = (
        "---\n"
        + yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
        + "---\n\n"
        + "\n\n".join(text)
        + "\n"
    )
    (path / "acto.md").write_text(sheet, encoding="utf-8")
    for number in range(1, pictures + 1):
        (path / f"{number:02d}.jpg").write_bytes(picture(office, seed=seed * 10 + number))


def pictures_of(seed: int) -> int:
    return 2 + seed % 3


def picture(office: str, *, seed: int) -> bytes:
    import pyvips  # heavy, and only the demo draws

    # Whoever developed a photo in this process has forbidden drawings to it; this one is our own.
    pyvips.operation_block_set("VipsForeignLoadSvg", False)
    try:
        drawn = pyvips.Image.svgload_buffer(draw(office, seed=seed), scale=DRAWN_AT).flatten(background=255)
        data: bytes = drawn.jpegsave_buffer(Q=88)
    finally:
        pyvips.operation_block_set("VipsForeignLoadSvg", True)
    return data


def known(model: type[Department | Topic], name: str) -> str:
    """The office's own record nearest to ``name``; a topic nobody has yet is created."""
    names = list(model.objects.values_list("name", flat=True))
    for candidate in names:
        if name.lower() in candidate.lower():
            return candidate
    if close := nearest(name, names):
        return close
    model.objects.create(name=name, slug=slugify(name))
    return name


def correct_later(bulletin: Bulletin, told_new: dict[str, str]) -> None:
    """The story corrected openly, as if two hours after it went out."""
    draft: Bulletin = bulletin.get_latest_revision_as_object()
    draft.second_headline = told_new["subtitulo"]
    head = User.objects.filter(groups__name=Role.HEAD).first()
    correction = newsroom.correct(
        draft, change=told_new["cambio"], reason=told_new["motivo"], by=head, at=timezone.now()
    )
    drain([Lane.NOW], clock=timezone.now)
    shift(Correction.objects.filter(pk=correction.pk), "at", by=AFTERWARDS)
    shift(Bulletin.objects.filter(pk=bulletin.pk), "last_published_at", by=AFTERWARDS)
    told_to = Dispatch.objects.about(bulletin.origin).order_by("-pk")[:1]
    shift_dispatches(Dispatch.objects.filter(pk__in=[one.pk for one in told_to]), by=AFTERWARDS)


def move_back(bulletin: Bulletin, *, to: datetime) -> None:
    """As if it had been published, sent and covered then."""
    bulletin.refresh_from_db()
    by = to - (bulletin.first_published_at or to)
    shift(
        Bulletin.objects.filter(pk=bulletin.pk),
        *("first_published_at", "last_published_at", "latest_revision_created_at"),
        by=by,
    )
    shift(Revision.objects.for_instance(bulletin), "created_at", by=by)
    shift(PageLogEntry.objects.filter(page=bulletin.pk), "timestamp", by=by)
    shift(Coverage.objects.filter(act=bulletin.act, settled_at__isnull=False), "settled_at", by=by)
    shift(Photo.objects.filter(album=bulletin.album), "released_at", by=by)
    shift(Correction.objects.filter(bulletin=bulletin), "at", by=by)
    shift_dispatches(Dispatch.objects.about(bulletin.origin), by=by)


def date_back(page: Piece, *, by: timedelta) -> None:
    """The same for a page beside the bulletins."""
    shift(
        type(page).objects.filter(pk=page.pk),
        *("first_published_at", "last_published_at", "latest_revision_created_at"),
        by=by,
    )
    shift(Revision.objects.for_instance(page), "created_at", by=by)
    shift_dispatches(Dispatch.objects.about(page.origin), by=by)


def shift_dispatches(dispatches: QuerySet[Dispatch], *, by: timedelta) -> None:
    shift(Delivery.objects.filter(dispatch__in=dispatches), "due_at", "settled_at", by=by)
    shift(dispatches, "created_at", "prepared_at", by=by)


def shift(rows: QuerySet[Any], *moments: str, by: timedelta) -> None:
    """What happened apart in time stays as far apart."""
    rows.update(**{name: F(name) + by for name in moments})


def ask_for_approval(story: dict[str, Any]) -> None:
    """What Redacción wrote and handed to the head of the office through the workflow."""
    writer = User.objects.filter(groups__name=Role.EDITOR).first()
    bulletin = Bulletin(
        title=story["titulo"],
        second_headline=story["subtitulo"],
        lead=story["entrada"],
        body=[("paragraph", f"<p>{text}</p>") for text in story["parrafos"]],
        department=Department.objects.get(name=known(Department, story["dependencia"])),
        live=False,
        owner=writer,
    )
    bulletin.topics = [Topic.objects.get(name=known(Topic, story["tema"]))]
    BulletinIndex.objects.get().add_child(instance=bulletin)
    bulletin.save_revision(user=writer)
    bulletin.get_workflow().start(bulletin, writer)


def hold_back(
    office: str, story: dict[str, Any], *, today: date, zone: ZoneInfo, place: Locality, at: datetime
) -> None:
    """A bulletin that leaves by itself tomorrow, when its act begins."""
    tomorrow = moment(today + timedelta(days=1), story["hora"], zone=zone)
    seed = len(load("stories.yaml"))
    publish_story(office, story, start=tomorrow, place=place, seed=seed, at=at, embargo=tomorrow)


def locate(office: str) -> None:
    """Write down where the localities lie that we know of."""
    for name, told_point in load("places.yaml")[office].items():
        point = read_point(told_point)
        Locality.objects.filter(name=name).update(latitude=point.latitude, longitude=point.longitude)


def spot(told_act: dict[str, Any], centre: Locality) -> dict[str, Any]:
    """The coordinates of an act, told from the centre."""
    point = point_of(centre)
    if point is None or "rumbo" not in told_act:
        return {}
    north, east = told_act["rumbo"]
    degree = EARTH * pi / 180
    return {
        "latitude": round(point.latitude + north / degree, 6),
        "longitude": round(point.longitude + east / degree / cos(radians(point.latitude)), 6),
    }


def announce(acts: list[dict[str, Any]], *, today: date, zone: ZoneInfo, localities: list[Locality]) -> None:
    for index, told_act in enumerate(acts):
        start = moment(today + timedelta(days=told_act["dias"]), told_act["hora"], zone=zone)
        add_act(told_act, start=start, place=localities[index % len(localities)], centre=localities[0])


def add_act(told_act: dict[str, Any], *, start: datetime, place: Locality, centre: Locality) -> Act:
    act: Act = Act.objects.create(
        title=told_act["titulo"],
        slug=f"{start:%Y-%m-%d}-{slugify(told_act['titulo'])}",
        kind=told_act["tipo"],
        start=start,
        end=start + timedelta(hours=2),
        place=told_act["lugar"],
        department=Department.objects.get(name=known(Department, told_act["dependencia"])),
        description=told_act.get("nota", ""),
        state=told_act.get("estado", State.CONFIRMED),
        **spot(told_act, centre),
    )
    act.topics.set([Topic.objects.get(name=known(Topic, told_act["tema"]))])
    act.localities.set([place])
    act.save()
    for product in told_act["cubre"]:
        Coverage.objects.create(act=act, product=product)
    return act


def cover_live(office: str, told: dict[str, Any], *, place: Locality, at: datetime) -> None:
    """A live coverage: of an act that is under way, or of the one that the newest bulletin tells."""
    writer = User.objects.get(groups__name=Role.EDITOR)

    def draw_one(seed: int) -> bytes:
        return picture(office, seed=seed)

    if "acto" in told:
        # Its last post was a few minutes ago, at whatever hour the office is furnished.
        opened = at - timedelta(minutes=told["publicaciones"][-1]["minuto"] + 4)
        start = opened.astimezone(Office.load().zone)
        start = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
        act = add_act(told["acto"], start=start, place=place, centre=place)
        follow(act, told, opened=opened, by=writer, draw=draw_one)
    else:
        newest = Bulletin.objects.filter(number__isnull=False).latest("number")
        opened = newest.act.start - timedelta(minutes=10)
        blog = follow(newest.act, told, opened=opened, by=writer, draw=draw_one)
        close(blog, newest, by=writer, at=opened + timedelta(minutes=told["dura"]))


def assign_acts(today: date, *, zone: ZoneInfo) -> None:
    """Give the acts from yesterday to tomorrow to the people of the office, but for those left to nobody."""
    people = {
        Product.PHOTOS: User.objects.filter(groups__name=Role.PHOTOGRAPHER).first(),
        Product.BULLETIN: User.objects.filter(groups__name=Role.EDITOR).first(),
    }
    start = moment(today - timedelta(days=1), "0:00", zone=zone)
    alone = [told_act["titulo"] for told_act in load("upcoming.yaml") if told_act.get("sin_asignar")]
    acts = Act.objects.between(start, start + timedelta(days=3)).exclude(title__in=alone)
    for product, person in people.items():
        Coverage.objects.open().filter(act__in=acts, product=product).update(assignee=person)


def hire_staff(office: str, *, at: datetime) -> dict[str, str]:
    """A person for each role, named after the role, with passwords made up on the spot and shown once."""
    staff = {
        f"redaccion@{office}.ejemplo": ("Redacción", [Role.EDITOR]),
        f"fotografia@{office}.ejemplo": ("Fotografía", [Role.PHOTOGRAPHER]),
    }
    known_people = set(User.objects.values_list("email", flat=True))
    passwords: dict[str, str] = {}
    head = f"titular@{office}.ejemplo"
    if head not in known_people:
        passwords[head] = secrets.token_urlsafe(9)
        accounts.appoint_head(head, password=passwords[head], at=at)
    for email, (name, roles) in staff.items():
        if email not in known_people:
            passwords[email] = secrets.token_urlsafe(9)
            accounts.hire(email, password=passwords[email], roles=roles, name=name)
    return passwords


def invite_readers(first: int, last: int, *, at: datetime) -> None:
    """Readers at addresses that cannot exist (RFC 2606), so that nothing can ever reach anyone."""
    dice = random.Random(first)  # noqa: S311 - sample readers, not a secret
    topics = list(Topic.objects.all())
    for number in range(first, last + 1):
        asked = at - timedelta(days=dice.randint(45, 300) if first == 1 else dice.randint(1, 44))
        reader, _new = Subscriber.objects.get_or_create(
            channel="email",
            address=f"lectora-{number:03d}@ejemplo.invalid",
            defaults={
                "consent": "Lector de muestra.",
                "asked_at": asked,
                "confirmed_at": asked + timedelta(minutes=5),
                "standing": Standing.CONFIRMED,
            },
        )
        if number % 3 == 0 and topics:
            delivery.choose(reader, topics=dice.sample(topics, k=min(3, len(topics))), localities=[])


def open_office_channels(*, at: datetime) -> None:
    delivery.add_office_channel("@canal_de_muestra", channel="telegram", name="Canal de Telegram", at=at)
    delivery.add_office_channel(
        "https://ejemplo.invalid/pregon", channel="webhook", name="Sitio de un medio", at=at
    )
