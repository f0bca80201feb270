"""Plans, and the records that plans are measured with: acts, bulletins and what a channel took."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.utils.text import slugify
from wagtail.models import Page

from pregon.accounts.models import Department
from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Act, Coverage
from pregon.delivery.enums import MessageKind, State
from pregon.delivery.models import Delivery, Dispatch
from pregon.library.models import Album, Photo
from pregon.newsroom.models import Bulletin, BulletinIndex, Campaign, Piece, PieceIndex, Service
from pregon.plan.models import Activity, Indicator, Plan, Programme

ZONE = ZoneInfo("America/Mexico_City")


def moment(text: str) -> datetime:
    """An hour on the clock of the town hall: "2026-11-20 09:30"; without an hour, noon."""
    return datetime.fromisoformat(text if ":" in text else f"{text} 12:00").replace(tzinfo=ZONE)


class PlanFactory(factory.django.DjangoModelFactory[Plan]):
    class Meta:
        model = Plan

    year = 2026
    title = factory.Sequence(lambda n: f"Plan anual {n}")
    slug = factory.Sequence(lambda n: f"plan-{n}")
    unit_name = "Comunicación Social"


class ProgrammeFactory(factory.django.DjangoModelFactory[Programme]):
    class Meta:
        model = Programme

    plan = factory.SubFactory(PlanFactory)
    order = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"Programa {n}")


class IndicatorFactory(factory.django.DjangoModelFactory[Indicator]):
    class Meta:
        model = Indicator

    plan = factory.SubFactory(PlanFactory)
    code = factory.Sequence(lambda n: f"indicador-{n}")
    name = factory.Sequence(lambda n: f"Indicador {n}")
    unit = "Porcentaje"


class ActivityFactory(factory.django.DjangoModelFactory[Activity]):
    class Meta:
        model = Activity

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    description = factory.Sequence(lambda n: f"Actividad {n}")


class DepartmentFactory(factory.django.DjangoModelFactory[Department]):
    class Meta:
        model = Department
        django_get_or_create = ("slug",)

    name = "Obras Públicas"
    slug = "obras-publicas"


class ActFactory(factory.django.DjangoModelFactory[Act]):
    class Meta:
        model = Act

    title = factory.Sequence(lambda n: f"Entrega de calle {n}")
    slug = factory.Sequence(lambda n: f"entrega-de-calle-{n}")
    place = "Plaza principal"
    department = factory.SubFactory(DepartmentFactory)


def act(when: str, *settlements: Settlement, **fields: Any) -> Act:
    """An act of one hour, with one coverage a settlement: bulletin first, then photos, then video."""
    start = moment(when)
    made: Act = ActFactory.create(start=start, end=fields.pop("end", start + timedelta(hours=1)), **fields)
    products = (Product.BULLETIN, Product.PHOTOS, Product.VIDEO)
    for product, settlement in zip(products, settlements, strict=False):
        Coverage.objects.create(
            act=made,
            product=product,
            settlement=settlement,
            reason="Se suspendió el acceso por lluvia." if settlement == Settlement.EXCUSED else "",
        )
    return made


def bulletin(when: str, *, number: int | None = None, **fields: Any) -> Bulletin:
    """A bulletin as it stands after it went out at that hour."""
    index = BulletinIndex.objects.first()
    if index is None:
        index = Page.objects.get(depth=1).add_child(
            instance=BulletinIndex(title="Boletines", slug="boletines")
        )
    published = moment(when)
    given = number or Bulletin.objects.count() + 1
    made: Bulletin = index.add_child(
        instance=Bulletin(
            title=fields.pop("title", f"Calle {given} lista"),
            slug=f"{published.year}-{given:03d}",
            lead="Quedó lista la calle.",
            number=given,
            year=published.year,
            live=fields.pop("live", True),
            first_published_at=published,
            **fields,
        )
    )
    return made


def sent(about: Bulletin, when: str, *, channel: str = "telegram", state: State = State.SENT) -> Delivery:
    """One delivery of ``about`` on ``channel``, settled at that hour."""
    dispatch = Dispatch.objects.create(
        key=f"{about.origin}/{channel}/{when}",
        origin=about.origin,
        kind=MessageKind.NEWS,
        lane="now",
        headline=about.title,
        message_json={},
        audience_json={},
        created_at=moment(when) - timedelta(minutes=2),
    )
    return Delivery.objects.create(
        dispatch=dispatch,
        channel=channel,
        destination="@oficina",
        lane="now",
        state=state,
        due_at=moment(when),
        settled_at=moment(when),
    )


def page(kind: type[Piece], when: str, *, title: str, **fields: Any) -> Any:
    """A campaign, a service or a recording as it stands after it went out at that hour."""
    index = PieceIndex.objects.first()
    if index is None:
        index = Page.objects.get(depth=1).add_child(instance=PieceIndex(title="Más", slug="mas"))
    needed = {Campaign: {"since": moment(when).date()}, Service: {"reviewed_on": moment(when).date()}}
    return index.add_child(
        instance=kind(
            title=title,
            slug=slugify(title),
            summary="Lo que hay que saber.",
            live=fields.pop("live", True),
            first_published_at=moment(when),
            **(needed.get(kind, {}) | fields),
        )
    )


def photo_row(album: Album, **fields: Any) -> Photo:
    """A photo of which nothing but the row is looked at."""
    given = {"title": "Foto", "file": "fotos/muestra.jpg", "width": 1200, "height": 800}
    return Photo.objects.create(album=album, **(given | fields))
