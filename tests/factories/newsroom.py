"""Bulletins on their shelf, and folders as an office hands them in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from wagtail.models import Page

from factories.library import jpeg
from pregon.accounts.models import Department, Locality, Office, Topic
from pregon.agenda.enums import Product
from pregon.agenda.models import Act, Coverage
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, BulletinIndex

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
