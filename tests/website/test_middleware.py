from __future__ import annotations

import pytest
from django.test import Client

from pregon.website.front import ANYWHERE, POLICY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/boletines/buscar/?q=agua", "/nada-de-nada/", "/suscripcion/"])
def test_a_page_that_django_answers_is_as_strict_as_a_baked_one(client: Client, path: str) -> None:
    assert client.get(path)["Content-Security-Policy"] == POLICY


def test_other_sites_may_frame_the_widgets_and_nothing_else(client: Client) -> None:
    widget, showcase = client.get("/incrustar/noticias/"), client.get("/incrustar/")
    assert (widget["Content-Security-Policy"], "X-Frame-Options" in widget) == (ANYWHERE, False)
    assert (showcase["Content-Security-Policy"], showcase["X-Frame-Options"]) == (POLICY, "SAMEORIGIN")
    assert "frame-ancestors *;" in ANYWHERE


def test_the_desk_keeps_its_own_policy(client: Client) -> None:
    answer = client.get("/escritorio/login/")
    assert "'unsafe-inline'" in answer["Content-Security-Policy"]


def test_a_form_whose_origin_cannot_be_proved_is_refused_in_words_of_this_house() -> None:
    answer = Client(enforce_csrf_checks=True).post("/escritorio/login/", {"username": "x", "password": "x"})
    assert (answer.status_code, "No se pudo comprobar de dónde viene" in answer.text) == (403, True)
    assert 'lang="es-MX"' in answer.text
