"""Nothing of an embargoed bulletin leaks anywhere; at its hour it appears everywhere it should.

The crawl asks every address the site can answer, every file that lies in the public folder, every message in the
outbox and every channel's ledger for a word that stands in nothing but the embargoed folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from factories.newsroom import folder, published, shelf, town
from pregon.config.building import build
from pregon.core.work import Lane, drain
from pregon.delivery.enums import Standing
from pregon.delivery.models import Delivery, Dispatch, Subscriber
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
from pregon.plan import actions as plans
from pregon.website import actions as website

pytestmark = [pytest.mark.django_db, pytest.mark.journey]

SECRET = "Ocelotlzin"
ZONE = ZoneInfo("America/Mexico_City")
LINK = re.compile(r"""(?:href|src|action)=["']([^"'#]+)|<loc>([^<]+)|"url":\s*"([^"]+)""")
ROOTS = [
    "/",
    "/boletines/",
    "/agenda/",
    "/galerias/",
    "/plan/",
    "/suscripcion/",
    "/privacidad/",
    "/accesibilidad/",
    "/incrustar/",
    "/incrustar/noticias/",
    "/incrustar/agenda/",
    "/rss.xml",
    "/atom.xml",
    "/feed.json",
    "/agenda.ics",
    "/sitemap.xml",
    "/sitemap-paginas.xml",
    "/sitemap-noticias.xml",
    "/robots.txt",
    f"/boletines/buscar/?q={SECRET}",
    f"/boletines/buscar/?q={SECRET.lower()}+clave",
    f"/buscar.json?q={SECRET}",
    f"/buscar.json?q=clave+{SECRET[:5].lower()}",
]


def crawl(client: Client, start: list[str]) -> dict[str, bytes]:
    """Every public address that can be reached from ``start``, with what it answers."""
    seen: dict[str, bytes] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        answer = client.get(address)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = b"%d " % answer.status_code + repr(sorted(answer.headers.items())).encode() + body
        for groups in LINK.findall(body.decode("utf-8", "replace")):
            target = urlsplit(
                urljoin(f"{settings.BASE_URL}{address}", next(filter(None, groups)).replace("&amp;", "&"))
            )
            if f"{target.scheme}://{target.netloc}" == settings.BASE_URL and not target.path.startswith(
                "/static/"
            ):
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return seen


def guesses(bulletin: Bulletin) -> list[str]:
    """What somebody could try who knows how our addresses are made."""
    act, album = bulletin.act, bulletin.album
    assert act is not None
    assert album is not None
    photos = Photo.objects.filter(album=album)
    month = timezone.localtime(act.start)
    return [
        bulletin.get_absolute_url(),
        act.get_absolute_url(),
        f"{act.get_absolute_url()}acto.ics",
        f"/galerias/{album.slug}/",
        f"/agenda/{month:%Y/%m}/",
        f"/boletines/{month:%Y/%m}/",
        *(
            f"/fotos/{photo.public_id}/{name}"
            for photo in photos
            for name in ("480.webp", "960.webp", "full.jpg")
        ),
        *(f"/escritorio/archivos/{photo.file.name}" for photo in photos),
    ]


def leaks_in(texts: dict[str, bytes]) -> list[str]:
    wanted = SECRET.encode().lower()
    return sorted(where for where, text in texts.items() if wanted in text.lower())


def files_below(*roots: Path) -> Iterator[Path]:
    for root in roots:
        yield from (path for path in root.rglob("*") if path.is_file())


def leaked_files() -> list[str]:
    """Files whose name or content tells, in the public folder and in what would have been sent."""
    wanted = SECRET.encode().lower()
    return [
        str(path)
        for path in files_below(settings.HOME.baked, settings.HOME.outbox)
        if SECRET.lower() in path.name.lower() or wanted in path.read_bytes().lower()
    ]


def work() -> None:
    drain([Lane.NOW, Lane.PHOTOS, Lane.PAGES], clock=timezone.now)


@pytest.fixture
def office(tmp_path: Path) -> None:
    build(at=timezone.now())
    plans.set_up_office("mazamitla")
    plans.load_plan("mazamitla", year=timezone.localtime().year, at=timezone.now())
    town()
    Subscriber.objects.create(
        channel="email",
        address="lectora@ejemplo.invalid",
        standing=Standing.CONFIRMED,
        asked_at=timezone.now(),
    )
    shelf()
    published("Un boletín que sí se ve")


@pytest.fixture
def embargoed(office: None, tmp_path: Path) -> tuple[Bulletin, datetime]:
    hour = timezone.now() + timedelta(hours=3)
    path = folder(
        tmp_path / "acto",
        more=f"embargo: {hour.astimezone(ZONE):%Y-%m-%d %H:%M:%S}\nsubtitulo: La palabra clave es {SECRET}\n",
        text=f"El plan {SECRET} empieza.",
        photos=2,
    )
    sheet = path / "acto.md"
    sheet.write_text(
        sheet.read_text().replace("Reabre el andador", f"{SECRET} reabre").replace("El andador, toma", SECRET)
    )
    bulletin = newsroom.take_in(path, by=None, zone=ZONE, at=timezone.now()).bulletin
    website.mark_everything(at=timezone.now())
    work()
    return bulletin, hour


def test_nothing_of_an_embargoed_bulletin_leaks(embargoed: tuple[Bulletin, datetime], client: Client) -> None:
    bulletin, _ = embargoed
    asked = guesses(bulletin)
    seen = crawl(client, [*ROOTS, *asked])
    assert len(seen) > 30
    assert any(b"Un bolet\xc3\xadn que s\xc3\xad se ve" in text for text in seen.values())
    echoes = {f"/boletines/buscar/?q={SECRET}", f"/boletines/buscar/?q={SECRET.lower()}+clave"}
    # A search page repeats the reader's own word; nothing else may.
    assert [where for where in leaks_in(seen) if where not in echoes and "buscar" not in where] == []
    assert [where for where in asked if seen[where].startswith(b"200 ") and "/2026/" not in where] == []
    assert leaked_files() == []
    assert Dispatch.objects.about(bulletin.origin).count() == 0
    assert Delivery.objects.filter(dispatch__headline__icontains=SECRET).count() == 0


def test_the_search_finds_nothing_before_the_hour(
    embargoed: tuple[Bulletin, datetime], client: Client
) -> None:
    page = client.get("/boletines/buscar/", {"q": SECRET}).content.decode()
    assert embargoed[0].slug not in page
    assert f"{SECRET} reabre" not in page


def test_at_the_hour_it_appears_everywhere(
    embargoed: tuple[Bulletin, datetime], client: Client, time_machine_at: Callable[[datetime], None]
) -> None:
    bulletin, hour = embargoed
    after = hour + timedelta(seconds=1)
    time_machine_at(after)
    assert newsroom.publish_due(after) == 1
    work()
    out = Bulletin.objects.get(pk=bulletin.pk)
    seen = crawl(client, ROOTS)
    told = set(leaks_in(seen))
    assert {
        "/",
        "/boletines/",
        out.get_absolute_url(),
        out.act.get_absolute_url() if out.act else "",
        "/rss.xml",
        "/atom.xml",
        "/feed.json",
        "/sitemap-noticias.xml",
    } <= told
    assert out.folio
    assert list(
        Delivery.objects.filter(dispatch__origin=out.origin).values_list("destination", flat=True)
    ) == ["lectora@ejemplo.invalid"]
    assert [path for path in leaked_files() if "/outbox/email/" in path] != []
