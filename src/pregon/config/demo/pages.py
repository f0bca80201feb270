"""The pages of a demo office beside its bulletins, written and published through the same actions as an office's."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.core.files.base import ContentFile
from django.utils.html import escape
from wagtail.documents import get_document_model

from pregon.accounts.models import Department, Office, Topic
from pregon.library import captions
from pregon.library.captions import Cue
from pregon.library.models import Photo
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, Campaign, Episode, Piece, PieceIndex, Service, Video

PAGES = Path(__file__).parent / "pages.yaml"


def open_pages(*, today: date, sound: bytes, film: bytes) -> list[Piece]:
    """A campaign, three services, an episode and a video, all public."""
    town = Office.load().municipality
    told: dict[str, list[dict[str, Any]]] = yaml.safe_load(
        PAGES.read_text(encoding="utf-8").replace("{municipio}", town)
    )
    pages: list[Piece] = [
        *(campaign(page, today) for page in told["campanas"]),
        *(service(page, today) for page in told["servicios"]),
        *(episode(page, sound) for page in told["episodios"]),
        *(video(page, film) for page in told["videos"]),
    ]
    return [put_up(page) for page in pages]


def put_up(piece: Piece) -> Piece:
    PieceIndex.objects.get().add_child(instance=piece)
    return newsroom.publish(piece, by=None)


def common(page: dict[str, Any]) -> dict[str, Any]:
    """What every kind has."""
    body: list[tuple[str, Any]] = [
        ("paragraph", f"<p>{escape(text)}</p>") for text in page.get("parrafos", [])
    ]
    if figures := page.get("datos"):
        items = [{"value": value, "label": label} for value, label in figures.items()]
        body.insert(1, ("figures", {"items": items}))
    return {
        "title": page["titulo"],
        "summary": page["frase"],
        "department": Department.objects.filter(name__icontains=page["dependencia"]).first()
        or Department.objects.order_by("pk").first(),
        "cover": photo_about(page.get("foto", "")),
        "topics": list(Topic.objects.filter(name__icontains=page["tema"])[:1]),
        "body": body,
        "live": False,
    }


def photo_about(title: str) -> Photo | None:
    """The photo that went out already with the bulletin whose title begins so, or else with any."""
    if not title:
        return None
    out = Bulletin.objects.filter(live=True, cover__released_at__isnull=False).order_by("pk")
    bulletin = out.filter(title__istartswith=title).first() or out.first()
    return bulletin.cover if bulletin else None


def campaign(page: dict[str, Any], today: date) -> Campaign:
    return Campaign(
        **common(page),
        since=today + timedelta(days=page["desde"]),
        until=today + timedelta(days=page["hasta"]),
        call=page["accion"],
    )


def service(page: dict[str, Any], today: date) -> Service:
    changes = page.get("cambio", "")
    return Service(
        **common(page),
        who=page["quien"],
        requirements=page["requisitos"],
        steps=page["pasos"],
        amount=page.get("monto"),
        cost=page["costo"],
        takes=page["tarda"],
        place=page["lugar"],
        hours=page["horario"],
        telephone=page["telefono"],
        basis=page["fundamento"],
        online=page.get("linea", ""),
        reviewed_on=today - timedelta(days=9),
        change=changes,
        change_from=today + timedelta(days=page["cambio_desde"]) if changes else None,
    )


def episode(page: dict[str, Any], sound: bytes) -> Episode:
    made = Episode(
        **common(page),
        number=page["numero"],
        recording=stored("podcast-de-muestra.wav", sound),
        people=page["participan"],
        chapters=page["capitulos"],
        captions=said(page),
    )
    made.measure()
    return made


def video(page: dict[str, Any], film: bytes) -> Video:
    made = Video(
        **common(page),
        recording=stored("video-de-muestra.webm", film),
        described=page["se_ve"],
        captions=said(page),
    )
    made.measure()
    return made


def stored(name: str, data: bytes) -> Any:
    """A file of the office, as one that somebody uploaded on the desk."""
    return get_document_model().objects.create(
        title=name.partition(".")[0].replace("-", " ").capitalize(), file=ContentFile(data, name=name)
    )


def said(page: dict[str, Any]) -> str:
    return captions.render(
        [Cue(start=start, end=end, voice=voice, text=text) for start, end, voice, text in page["dicho"]]
    )
