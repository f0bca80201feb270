"""Every route says here who may take it, and is asked as a stranger whether it keeps its word."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

DESK = "escritorio/"
#: On the desk, but before its door: how one comes in, and what the door itself is drawn with.
DOOR = {
    "escritorio/jsi18n/",
    "escritorio/login/",
    "escritorio/logout/",
    "escritorio/password_reset/",
    "escritorio/password_reset/complete/",
    "escritorio/password_reset/confirm/<uidb64>/<token>/",
    "escritorio/password_reset/done/",
    "escritorio/sprite/",
}
#: For everybody.
PUBLIC = {
    r"^((?:[\w\-]+/)*)$",  # what Wagtail calls any page's address; answers 404
    "",
    ".well-known/<slug:name>",  # what a channel shows
    "accesibilidad/",
    "agenda.ics",
    "agenda/",
    "agenda/<slug:slug>/",
    "agenda/<slug:slug>/acto.ics",
    "agenda/<slug:slug>/mapa.webp",
    "agenda/<yyyy:year>/<mm:month>/",
    "alertas/",
    "alertas/<slug:slug>/",
    "alertas/cap/",
    "alertas/cap/<str:identifier>.xml",
    "alertas/cap/alertas.atom",
    "app.webmanifest",
    "atom.xml",
    "avisos.js",
    "boletines/",
    "boletines/<slug:slug>/",
    "boletines/<yyyy:year>/<mm:month>/",
    "boletines/buscar/",
    "boletines/tema/<slug:slug>/",
    "buscar.json",
    "campanas/",
    "campanas/<slug:slug>/",
    "en-vivo/",
    "en-vivo/<slug:slug>/",
    "entrada/<slug:kind>/",  # where providers call, with their signature
    "entrada/<slug:kind>/<path:document>",  # what a channel shows
    "escudo.png",
    "escudo.svg",
    "feed.json",
    "galerias/",
    "galerias/<slug:slug>/",
    "icono-192.png",
    "icono-512.png",
    "icono-recortable.png",
    "incrustar.js",
    "incrustar/",
    "incrustar/agenda/",
    "incrustar/agenda/<int:many>/",
    "incrustar/alerta/",
    "incrustar/noticias/",
    "incrustar/noticias/<int:many>/",
    "marca.css",
    "plan/",
    "plan/<slug:slug>/",
    "plan/<slug:slug>/<slug:indicator>/",
    "plan/<slug:slug>/cierres/<int:number>-registros.json",
    "plan/<slug:slug>/cierres/<int:number>.json",
    "plan/<slug:slug>/<slug:indicator>/<mm:month>/",
    "plan/<slug:slug>/datos/",
    "plan/<slug:slug>/datos/<slug:name>.<slug:form>",
    "plan/<slug:slug>/datos/diccionario.<slug:form>",
    "plan/<slug:slug>/informe/<slug:span>/",
    "plan/comparar/<slug:key>/",
    "podcast/",
    "podcast/<slug:slug>/",
    "podcast/<slug:slug>/capitulos.json",
    "podcast/<slug:slug>/subtitulos.vtt",
    "podcast/portada.png",
    "podcast/rss.xml",
    "privacidad/",
    "robots.txt",
    "rss.xml",
    "servicios/",
    "servicios/<slug:slug>/",
    "servicios/buscar/",
    "sin-conexion.json",
    "sin-conexion/",
    "sitemap-<yyyy:year>-<mm:month>.xml",
    "sitemap-noticias.xml",
    "sitemap-paginas.xml",
    "sitemap.xml",
    "suscripcion/",
    "suscripcion/avisos.json",
    "suscripcion/avisos/",
    "suscripcion/avisos/baja/",
    "suscripcion/gracias/",
    "videos/",
    "videos/<slug:slug>/",
    "videos/<slug:slug>/subtitulos.vtt",
    "vivo/alerta.json",
    "vivo/cobertura-<int:pk>.json",
    "vivo/sitio.json",
}
#: For whoever holds a link that we signed.
SIGNED = {
    "bienvenida/<str:token>/",  # the one-time address of the first head
    "suscripcion/<str:token>/",
    "suscripcion/<str:token>/baja/",
    "suscripcion/confirmar/<str:token>/",
}

SAMPLES = {
    "int": "1",
    "yyyy": "2026",
    "mm": "11",
    "uuid": "5b0b3b5e-0000-4000-8000-000000000000",
    "path": "x/y",
}


def sample(piece: Any) -> str:
    """Words that a piece of a route takes: "galeria/<int:pk>/" takes "galeria/1/"."""
    if isinstance(piece, RoutePattern):
        return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "", "x"), str(piece))
    form, names = normalize(str(piece))[0]
    return str(form % dict.fromkeys(names, "1"))


def routes(
    patterns: Iterable[URLPattern | URLResolver], route: str = "", address: str = "/"
) -> dict[str, str]:
    """Every route, with an address that takes it."""
    found: dict[str, str] = {}
    for entry in patterns:
        here, there = route + str(entry.pattern), address + sample(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= routes(entry.url_patterns, here, there)
        else:
            found[here] = there
    return found


ALL = routes(get_resolver().url_patterns)
BEHIND_THE_DOOR = [route for route in ALL if route.startswith(DESK) and route not in DOOR]


def test_every_route_says_who_may_take_it() -> None:
    assert {route for route in ALL if not route.startswith(DESK)} - PUBLIC - SIGNED == set()


def test_nothing_is_said_of_a_route_that_is_gone() -> None:
    assert (PUBLIC | SIGNED | DOOR) - set(ALL) == set()


@pytest.mark.django_db
def test_the_desk_is_closed_to_strangers(client: Client) -> None:
    assert BEHIND_THE_DOOR
    inside = {route: client.get(ALL[route]) for route in BEHIND_THE_DOOR}
    assert {
        route: answer.status_code
        for route, answer in inside.items()
        if not (answer.status_code == 302 and answer.headers["Location"].startswith(f"/{DESK}login/"))
    } == {}


@pytest.mark.django_db
def test_no_public_route_asks_a_stranger_to_sign_in(client: Client) -> None:
    answers = {route: client.get(ALL[route]) for route in PUBLIC}
    assert {
        route
        for route, answer in answers.items()
        if answer.status_code in {401, 403, 500} or "login" in answer.headers.get("Location", "")
    } == set()


@pytest.mark.django_db
def test_a_link_that_we_did_not_sign_opens_nothing(client: Client) -> None:
    answers = {route: client.get(ALL[route]).status_code for route in SIGNED}
    assert {route: status for route, status in answers.items() if status not in {400, 403, 404, 410}} == {}
