"""Furnishes a demo office through the very actions an office uses: acts, albums, bulletins, readers.

Only the dates are moved afterwards, because nobody wants to wait a month to see a month.
"""

from __future__ import annotations

import random
import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import PageLogEntry, Revision

from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.accounts.models import Department, Locality, Office, Topic, User
from pregon.agenda.enums import Product, State
from pregon.agenda.models import Act, Coverage
from pregon.config.demo.pictures import draw
from pregon.core.calendar import WorkingCalendar
from pregon.core.text import nearest
from pregon.core.work import Lane, drain
from pregon.delivery import actions as delivery
from pregon.delivery.enums import Standing
from pregon.delivery.models import Subscriber
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, NumberSeries

HERE = Path(__file__).parent
READERS = 240
Say = Callable[[str], None]


def furnish(office: str, *, at: datetime, say: Say) -> dict[str, str]:
    """Fill the office called ``office`` (its plan is already loaded); returns e-mail and password of each person."""
    people = hire_staff(office, at=at)
    if Bulletin.objects.exists():
        return people
    zone = Office.load().zone
    today = at.astimezone(zone).date()
    stories = load("stories.yaml")
    days = past_days(today, count=len(stories))
    localities = list(Locality.objects.order_by("pk"))
    for index, (day, story) in enumerate(zip(days, stories, strict=True)):
        place = localities[index % len(localities)]
        if index == len(stories) - 1:
            # All but the newest went out before anybody had subscribed; the newest is on its way to every reader.
            drain([Lane.NOW], clock=timezone.now)
            invite_readers(at=at)
        publish_story(office, told(story, place.name), day=day, place=place, seed=index, zone=zone, at=at)
        say(f"  {index + 1:2d} de {len(stories)} boletines")
    number_by_date()
    announce(load("upcoming.yaml"), today=today, zone=zone, localities=localities)
    cover_today(today, zone=zone)
    return people


def load(name: str) -> list[dict[str, Any]]:
    stories: list[dict[str, Any]] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return stories


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
    calendar = WorkingCalendar()
    days: list[date] = []
    day = today
    while len(days) < count + 1:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            days.append(day)
    del days[3]
    return sorted(days)


def publish_story(
    office: str, story: dict[str, Any], *, day: date, place: Locality, seed: int, zone: ZoneInfo, at: datetime
) -> None:
    """One past act with its album and bulletin, taken in from a folder as ``pregon publish`` does."""
    start = datetime.combine(day, time.fromisoformat(story["hora"].zfill(5)), tzinfo=zone)
    with tempfile.TemporaryDirectory(prefix="pregon-demo-") as folder:
        write_folder(Path(folder), office, story, start=start, place=place, seed=seed)
        bulletin = newsroom.take_in(Path(folder), by=None, zone=zone, at=at).bulletin
        bulletin.intake.delete()
    move_back(bulletin, to=start + timedelta(minutes=42 + seed % 50))


def write_folder(
    path: Path, office: str, story: dict[str, Any], *, start: datetime, place: Locality, seed: int
) -> None:
    pictures = 2 + seed % 3
    front = {
        "titulo": story["titulo"],
        "subtitulo": story.get("subtitulo", ""),
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


def picture(office: str, *, seed: int) -> bytes:
    import pyvips  # heavy, and only the demo draws

    drawn = pyvips.Image.svgload_buffer(draw(office, seed=seed)).flatten(background=255)
    data: bytes = drawn.jpegsave_buffer(Q=88)
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


def move_back(bulletin: Bulletin, *, to: datetime) -> None:
    """As if it had been published then."""
    Bulletin.objects.filter(pk=bulletin.pk).update(
        first_published_at=to, last_published_at=to, latest_revision_created_at=to
    )
    Revision.objects.for_instance(bulletin).update(created_at=to)
    PageLogEntry.objects.filter(page=bulletin.pk).update(timestamp=to)
    Coverage.objects.filter(act=bulletin.act, settled_at__isnull=False).update(settled_at=to)
    Photo.objects.filter(album=bulletin.album).update(released_at=to, taken_at=to - timedelta(minutes=30))


def number_by_date() -> None:
    """Leave the series where a year of this rhythm would be, so that numbers look like an office's."""
    first = Bulletin.objects.order_by("first_published_at").first()
    if first is None or first.first_published_at is None:
        return
    before = first.first_published_at.timetuple().tm_yday * 5 // 7
    for bulletin in Bulletin.objects.order_by("-first_published_at"):
        number = (bulletin.number or 0) + before
        slug = bulletin.slug.replace(f"-{bulletin.number:03d}-", f"-{number:03d}-", 1)
        path = bulletin.url_path.replace(bulletin.slug, slug)
        Bulletin.objects.filter(pk=bulletin.pk).update(number=number, slug=slug, url_path=path)
        Coverage.objects.filter(act=bulletin.act).exclude(evidence="").update(evidence=f"/boletines/{slug}/")
        for revision in Revision.objects.for_instance(bulletin):
            revision.content |= {"number": number, "slug": slug, "url_path": path}
            revision.save(update_fields=["content"])
    NumberSeries.objects.update(last=F("last") + before)


def announce(acts: list[dict[str, Any]], *, today: date, zone: ZoneInfo, localities: list[Locality]) -> None:
    for index, told_act in enumerate(acts):
        start = datetime.combine(
            today + timedelta(days=told_act["dias"]),
            time.fromisoformat(told_act["hora"].zfill(5)),
            tzinfo=zone,
        )
        act = Act.objects.create(
            title=told_act["titulo"],
            slug=f"{start:%Y-%m-%d}-{slugify(told_act['titulo'])}",
            kind=told_act["tipo"],
            start=start,
            end=start + timedelta(hours=2),
            place=told_act["lugar"],
            department=Department.objects.get(name=known(Department, told_act["dependencia"])),
            description=told_act.get("nota", ""),
            state=told_act.get("estado", State.CONFIRMED),
        )
        act.topics.set([Topic.objects.get(name=known(Topic, told_act["tema"]))])
        act.localities.set([localities[index % len(localities)]])
        act.save()
        for product in told_act["cubre"]:
            Coverage.objects.create(act=act, product=product)


def cover_today(today: date, *, zone: ZoneInfo) -> None:
    """Give today's acts to the people of the office."""
    writer = User.objects.filter(groups__name=Role.EDITOR).first()
    photographer = User.objects.filter(groups__name=Role.PHOTOGRAPHER).first()
    start = datetime.combine(today, time.min, tzinfo=zone)
    for act in Act.objects.between(start, start + timedelta(days=2)):
        Coverage.objects.filter(act=act, product=Product.PHOTOS).update(assignee=photographer)
        Coverage.objects.filter(act=act, product=Product.BULLETIN).update(assignee=writer)


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


def invite_readers(*, at: datetime) -> None:
    """Readers at addresses that cannot exist (RFC 2606), so that nothing can ever reach anyone."""
    dice = random.Random(14_043)  # noqa: S311 - sample readers, not a secret
    topics = list(Topic.objects.all())
    consent = "Lector de muestra."
    for number, address in enumerate(addresses()):
        asked = at - timedelta(days=dice.randint(1, 300))
        reader = Subscriber.objects.create(
            channel="email",
            address=address,
            consent=consent,
            asked_at=asked,
            confirmed_at=asked + timedelta(minutes=5),
            standing=Standing.CONFIRMED,
        )
        if number % 3 == 0 and topics:
            delivery.choose(reader, topics=dice.sample(topics, k=min(3, len(topics))), localities=[])
    delivery.add_office_channel("@canal_de_muestra", channel="telegram", name="Canal de Telegram", at=at)
    delivery.add_office_channel(
        "https://ejemplo.invalid/pregon", channel="webhook", name="Sitio de un medio", at=at
    )


def addresses() -> Iterator[str]:
    for number in range(1, READERS + 1):
        yield f"lectora-{number:03d}@ejemplo.invalid"
