"""Pages about the office itself: privacy, accessibility, and its colours and seal."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import resolve
from django.utils.translation import gettext as _

from pregon.accounts.models import Office
from pregon.core import palette
from pregon.website import icons
from pregon.website.seals import drawn_seal as drawn_svg
from pregon.website.views.frame import public_page

SEAL_SIDE = 192
#: What a launcher that cuts icons leaves for sure: a circle of four fifths of the side (W3C, maskable icons).
SAFE_ROUND = 0.8
SAFE_SQUARE = SAFE_ROUND / 2**0.5
ICON_SIDE = 512


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "website/privacy.html", {"counting": settings.PREGON_COUNT_VIEWS})


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "website/accessibility.html")


@public_page
def brand(request: HttpRequest) -> HttpResponse:
    """The office's colours as custom properties, so that no page needs an inline style."""
    office = Office.load(request_or_site=request)
    colours = {"brand": office.brand, "accent": office.accent, "gold": office.gold}
    context = {"day": palette.by_day(**colours), "night": palette.by_night(**colours)}
    return render(request, "website/marca.css", context, content_type="text/css; charset=utf-8")


@public_page
def drawn_seal(request: HttpRequest) -> HttpResponse:
    """The seal drawn from colours and initial: the icon of every page, and an office's seal until it has one."""
    office = Office.load(request_or_site=request)
    return HttpResponse(drawn_svg(office), content_type="image/svg+xml")


@public_page
def seal(request: HttpRequest) -> HttpResponse:
    """The office's own seal, small enough for every page; its original stays behind the desk's login."""
    office = Office.load(request_or_site=request)
    if not office.seal:
        raise Http404
    import pyvips  # heavy, and only this view needs it

    picture: Any = pyvips
    try:
        with office.seal.open("rb") as file:
            small = picture.Image.thumbnail_buffer(file.read(), SEAL_SIDE, height=SEAL_SIDE)
            answer = small.write_to_buffer(".png[strip]")
    except (OSError, picture.Error) as problem:
        raise Http404 from problem
    return HttpResponse(answer, content_type="image/png")


# --- The site as an application on a phone ------------------------------------------------------------------


@public_page
def manifest(request: HttpRequest) -> HttpResponse:
    """How a phone shows the site that it installs (W3C, Web Application Manifest)."""
    office = Office.load(request_or_site=request)
    shortcuts = ((_("Agenda"), "/agenda/"), (_("Alertas"), "/alertas/"), (_("Noticias"), "/boletines/"))
    icons = [
        {"src": f"/icono-{side}.png", "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any"}
        for side in (192, ICON_SIDE)
    ]
    side = f"{ICON_SIDE}x{ICON_SIDE}"
    icons.append({"src": "/icono-recortable.png", "sizes": side, "type": "image/png", "purpose": "maskable"})
    told = {
        "id": "/",
        "name": str(office),
        "short_name": office.municipality or office.name,
        "description": _("Noticias, agenda y avisos del gobierno municipal, también sin conexión."),
        "lang": "es-MX",
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": office.brand,
        "background_color": palette.LIGHT_GROUNDS[0],
        "categories": ["government", "news"],
        "icons": icons,
        "shortcuts": [
            {"name": name, "url": path, "icons": icons[:1]}
            for name, path in shortcuts
            if leads_somewhere(path)
        ],
    }
    return JsonResponse(
        told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False}
    )


def leads_somewhere(path: str) -> bool:
    """Whether a page of this site answers there; Wagtail's own route takes any address and has nothing."""
    return resolve(path).namespace != ""


@public_page
def icon(request: HttpRequest, side: int) -> HttpResponse:
    return png(on_square(Office.load(request_or_site=request), side, share=1.0, ground=None))


@public_page
def maskable_icon(request: HttpRequest) -> HttpResponse:
    """The seal on a ground of its own, small enough that no launcher cuts it."""
    office = Office.load(request_or_site=request)
    ground = palette.LIGHT_GROUNDS[1] if office.seal else palette.readable(office.brand, on=[palette.WHITE])
    return png(on_square(office, ICON_SIDE, share=SAFE_SQUARE if office.seal else SAFE_ROUND, ground=ground))


def on_square(office: Office, side: int, *, share: float, ground: str | None) -> Any:
    """The office's seal, its own or the drawn one, in the middle of a square."""
    import pyvips  # heavy, and only these views need it

    picture: Any = pyvips
    inner = round(side * share)
    try:
        with office.seal.open("rb") as file:
            face = picture.Image.thumbnail_buffer(file.read(), inner, height=inner)
    except (OSError, ValueError, picture.Error):  # none, or none that can be read
        brand = palette.readable(office.brand, on=[palette.WHITE])
        face = icons.seal(office.initials, brand=brand, gold=office.gold, side=inner)
    face = face.colourspace("srgb")
    face = face if face.hasalpha() else face.bandjoin(255)
    whole = face.gravity("centre", side, side, extend="background", background=[0, 0, 0, 0])
    if ground:
        whole = whole.flatten(background=[int(ground[at : at + 2], 16) for at in (1, 3, 5)])
    return whole


def png(picture: Any) -> HttpResponse:
    return HttpResponse(picture.write_to_buffer(".png[strip,compression=9]"), content_type="image/png")
