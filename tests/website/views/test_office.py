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
