"""The office's own pages: privacy, accessibility, colours and seal."""

from __future__ import annotations

import io

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from factories.library import as_bytes, picture
from factories.newsroom import town

pytestmark = pytest.mark.django_db


def test_without_a_notice_of_its_own_the_office_has_a_sound_one(client: Client) -> None:
    town()
    answer = client.get("/privacidad/")
    page = answer.content.decode()
    assert "artículos 21 y 22" in page
    assert "Debe responderte en 20 días hábiles" in page
    assert answer.cookies == {}


def test_the_notice_says_what_is_counted_and_what_is_not(client: Client, settings: Settings) -> None:
    town()
    page = client.get("/privacidad/").content.decode()
    assert "no guardamos tu dirección IP" in page
    assert "«?de=correo»" in page
    settings.PREGON_COUNT_VIEWS = False
    assert "Nada: este sitio no cuenta cuántas veces se lee." in client.get("/privacidad/").content.decode()


def test_the_offices_notice_takes_its_place_without_script(client: Client) -> None:
    office = town()
    office.privacy_notice = "<h2>Nuestro aviso</h2><p>Texto<script>alert(1)</script></p>"
    office.save()
    page = client.get("/privacidad/").content.decode()
    assert "<h2>Nuestro aviso</h2>" in page
    assert "<script>alert" not in page
    assert "artículos 21 y 22" not in page


def test_the_accessibility_statement_names_its_level_and_a_contact(client: Client) -> None:
    office = town()
    page = client.get("/accesibilidad/").content.decode()
    assert "WCAG 2.2, nivel AA" in page
    assert office.email in page


def test_the_colours_of_the_office_are_a_style_sheet(client: Client) -> None:
    office = town()
    office.brand = "#ffee00"
    office.save()
    answer = client.get("/marca.css")
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert answer.cookies == {}
    day, night = answer.content.decode().split("@media")
    assert "--brand:#ffee00" not in day  # yellow on white cannot be read
    assert "--brand:#ffee00" in night


def test_the_seal_is_drawn_from_colour_and_initial(client: Client) -> None:
    town()
    answer = client.get("/escudo.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert ">V</text>" in answer.content.decode()
    assert client.get("/escudo.png").status_code == 404


def test_the_offices_own_seal_leaves_small_and_as_png(client: Client) -> None:
    office = town()
    office.seal.save("escudo.png", ContentFile(as_bytes(picture((900, 900)), "PNG")))
    answer = client.get("/escudo.png")
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).size == (192, 192)
    assert 'src="/escudo.png"' in client.get("/privacidad/").content.decode()


def test_a_seal_that_is_no_picture_is_not_served(client: Client) -> None:
    office = town()
    office.seal.save("escudo.png", ContentFile(b"<svg onload=alert(1)>"))
    assert client.get("/escudo.png").status_code == 404


def test_an_unknown_address_gets_a_page_that_helps(client: Client) -> None:
    town()
    answer = client.get("/nada-por-aqui/")
    assert answer.status_code == 404
    assert 'action="/boletines/buscar/"' in answer.content.decode()


# --- The site as an application on a phone ------------------------------------------------------------------


def test_the_manifest_carries_the_name_and_the_colours_of_the_office(client: Client) -> None:
    office = town()
    answer = client.get("/app.webmanifest")
    told = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (told["name"], told["short_name"], told["lang"]) == (str(office), "Villa de Muestra", "es-MX")
    assert (told["theme_color"], told["display"], told["start_url"]) == (office.brand, "standalone", "/")


def test_every_icon_of_the_manifest_is_a_picture_of_its_size(client: Client) -> None:
    town()
    told = client.get("/app.webmanifest").json()
    assert [icon["purpose"] for icon in told["icons"]] == ["any", "any", "maskable"]
    sizes = {
        icon["src"]: "x".join(map(str, Image.open(io.BytesIO(client.get(icon["src"]).content)).size))
        for icon in told["icons"]
    }
    assert sizes == {icon["src"]: icon["sizes"] for icon in told["icons"]}


def test_every_shortcut_of_the_manifest_leads_to_a_page(client: Client) -> None:
    town()
    shortcuts = client.get("/app.webmanifest").json()["shortcuts"]
    assert {"Agenda", "Noticias"} <= {shortcut["name"] for shortcut in shortcuts}
    assert {client.get(shortcut["url"]).status_code for shortcut in shortcuts} == {200}


def test_the_icon_that_is_cut_leaves_the_seal_whole(client: Client) -> None:
    office = town()
    picture_of_it = Image.open(io.BytesIO(client.get("/icono-recortable.png").content)).convert("RGBA")
    brand = tuple(int(office.brand[at : at + 2], 16) for at in (1, 3, 5))
    corner = picture_of_it.getpixel((0, 0))
    assert (corner[:3], corner[3]) == (brand, 255)
    bounds = picture_of_it.convert("L").point(lambda light: 255 if light > 110 else 0).getbbox()
    farthest = max(((x - 256) ** 2 + (y - 256) ** 2) ** 0.5 for x in bounds[::2] for y in bounds[1::2])
    assert farthest / 2**0.5 <= 0.4 * 512


def test_the_icons_show_the_offices_own_seal_and_never_fail_on_one_that_is_no_picture(client: Client) -> None:
    office = town()
    office.seal.save("escudo.png", ContentFile(as_bytes(picture((900, 450)), "PNG")))
    wide = Image.open(io.BytesIO(client.get("/icono-512.png").content))
    assert (wide.size, wide.getpixel((0, 0))[3], wide.getpixel((256, 256))[3]) == ((512, 512), 0, 255)
    office.seal.save("escudo.png", ContentFile(b"nada"))
    assert Image.open(io.BytesIO(client.get("/icono-192.png").content)).size == (192, 192)
