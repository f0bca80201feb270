"""Bulletins on their shelf, and folders as an office hands them in."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify
from wagtail.documents import get_document_model
from wagtail.models import Page

from factories.library import jpeg
from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.agenda.enums import Product
from pregon.agenda.models import Act, Coverage
from pregon.config.demo.recordings import chimes, webm
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, BulletinIndex, Campaign, Episode, PieceIndex, Service, Video

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def town() -> Office:
    """The office of a made-up town, with a few of its records."""
    office = Office.load()
    face = {"municipality": "Villa de Muestra", "state": "Jalisco", "email": "prensa@muestra.example"}
    if any(
        getattr(office, name) != value for name, value in face.items()
    ):  # a saved face bakes every page anew
        for name, value in face.items():
            setattr(office, name, value)
        office.save()
    for model, names in (
        (Department, ["Dirección de Obras Públicas", "Protección Civil"]),
        (Topic, ["Obra pública", "Salud"]),
        (Locality, ["Cabecera municipal", "La Loma"]),
    ):
        for name in names:
            model.objects.get_or_create(name=name, defaults={"slug": slugify(name)})
    return office


def shelf() -> BulletinIndex:
    """The page that bulletins stand under, made when it is not there yet."""
    town()
    if found := BulletinIndex.objects.first():
        return found
    index = BulletinIndex(title="Boletines", slug="boletines")
    Page.objects.get(depth=1).add_child(instance=index)
    return index


def act(title: str = "Reapertura del andador", *, start: datetime = NOON, **fields: Any) -> Act:
    """A confirmed act that is due a bulletin and photos."""
    town()
    made = Act.objects.create(
        title=title,
        slug=fields.pop("slug", slugify(f"{title}-{Act.objects.count()}")),
        start=start,
        place=fields.pop("place", "Plaza principal"),
        department=fields.pop("department", Department.objects.get(name="Dirección de Obras Públicas")),
        **fields,
    )
    for product in (Product.BULLETIN, Product.PHOTOS):
        Coverage.objects.create(act=made, product=product)
    return made


def draft(
    title: str = "Reabre el andador", *, lead: str = "El andador reabrió este día.", **fields: Any
) -> Bulletin:
    """A bulletin that nobody outside has seen."""
    index = shelf()
    bulletin = Bulletin(
        title=title, lead=lead, live=False, slug=slugify(f"{title}-{Bulletin.objects.count()}"), **fields
    )
    index.add_child(instance=bulletin)
    return bulletin


def published(title: str = "Reabre el andador", **fields: Any) -> Bulletin:
    """A bulletin that went out through the real action."""
    topics, localities = fields.pop("topics", ()), fields.pop("localities", ())
    bulletin = draft(title, **fields)
    bulletin.topics, bulletin.localities = list(topics), list(localities)
    return newsroom.publish(bulletin, by=None)


SHEET = """---
titulo: Reabre el andador Juárez
fecha: 2026-11-20 10:00
lugar: Andador Juárez
dependencia: Obras Públicas
temas: [Obra pública]
{more}---

El andador quedó **abierto** este viernes.

{text}
"""


def folder(path: Path, *, more: str = "", text: str = "Las cuadrillas terminaron.", photos: int = 0) -> Path:
    """A whole folder at ``path``, with its sheet and ``photos`` small photos that say what they show."""
    path.mkdir(parents=True, exist_ok=True)
    notes = "".join(
        f"  - archivo: foto-{number}.jpg\n    pie: El andador, toma {number}.\n"
        for number in range(1, photos + 1)
    )
    if notes:
        more += f"fotos:\n{notes}"
    (path / "acto.md").write_text(SHEET.format(more=more, text=text), encoding="utf-8")
    for number in range(1, photos + 1):
        (path / f"foto-{number}.jpg").write_bytes(jpeg((600 + number, 400)))
    return path


VTT = """WEBVTT

00:00.000 --> 00:04.000
<v Comunicación Social>¿De dónde viene el agua?

00:04.000 --> 00:09.500
<v Servicios Públicos>De tres manantiales y un pozo.
"""


def beside() -> PieceIndex:
    """The shelf of campaigns, services and recordings."""
    town()
    if found := PieceIndex.objects.first():
        return found
    index = PieceIndex(title="Páginas del sitio", slug="paginas")
    Page.objects.get(depth=1).add_child(instance=index)
    return index


def put(piece: Any, *, public: bool = True) -> Any:
    """``piece`` on its shelf, public through the real action unless told otherwise."""
    piece.live = False
    beside().add_child(instance=piece)
    return newsroom.publish(piece, by=None) if public else piece


def campaign(title: str = "Vacuna a tu mascota", *, public: bool = True, **fields: Any) -> Campaign:
    given = {"summary": "Que ninguna mascota se quede sin vacuna.", "since": NOON.date(), **fields}
    made: Campaign = put(Campaign(title=title, **given), public=public)
    return made


def service(title: str = "Conectar una casa al agua", *, public: bool = True, **fields: Any) -> Service:
    town()
    given = {
        "summary": "Para que una casa nueva tenga toma de agua.",
        "department": Department.objects.get(name="Dirección de Obras Públicas"),
        "place": "Ventanilla de agua",
        "amount": Decimal(0),
        "reviewed_on": NOON.date(),
        **fields,
    }
    made: Service = put(Service(title=title, **given), public=public)
    return made


def document(data: bytes, name: str) -> Any:
    """A file of the office's own."""
    return get_document_model().objects.create(title=name, file=ContentFile(data, name=name))


def episode(
    title: str = "El agua, de la montaña a la llave", *, public: bool = True, **fields: Any
) -> Episode:
    given = {"summary": "Por dónde pasa el agua.", "captions": VTT, **fields}
    if "recording" not in given:
        given["recording"] = document(chimes(seconds=1), "agua.wav")
    made = Episode(title=title, **given)
    made.measure()
    put(made, public=public)
    return made


def video(title: str = "Un paseo por el pueblo", *, public: bool = True, **fields: Any) -> Video:
    given = {
        "summary": "Los montes y los tejados.",
        "captions": VTT,
        "described": "Montes y tejados.",
        **fields,
    }
    if not {"recording", "url"} & given.keys():
        given["recording"] = document(webm([b"\x00"] * 3, size=(16, 16), pace=1000), "paseo.webm")
    made = Video(title=title, **given)
    made.measure()
    put(made, public=public)
    return made
