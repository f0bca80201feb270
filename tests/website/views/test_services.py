from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from factories import newsroom as news
from factories.website import HOSTILE

pytestmark = pytest.mark.django_db


def test_they_stand_under_their_department_and_changes_first(client: Client) -> None:
    today = timezone.localdate()
    water = news.service(change="Desde el lunes por la tarde.", change_from=today)
    news.service("Licencia", change="Ya pasó.", change_until=today - timedelta(days=1))
    context = client.get("/servicios/").context
    assert [(name, len(services)) for name, services in context["groups"]] == [
        ("Dirección de Obras Públicas", 2)
    ]
    assert context["changes"] == [(water, "Desde el lunes por la tarde.")]


def test_one_says_all_that_saves_a_trip(client: Client) -> None:
    news.service(
        requirements="Acta\nRecibo",
        steps="Llega\nPaga",
        telephone="000 000 0101",
        hours="De 9 a 15",
        basis="Ley de ingresos",
        change="Cambia la ventanilla.",
    )
    page = client.get("/servicios/conectar-una-casa-al-agua/").content.decode()
    wanted = ("Gratuito", "<li>Acta</li>", "<li>Paga</li>", "tel:0000000101", "Cambia la ventanilla.")
    assert [words for words in wanted if words not in page] == []
    assert "Datos revisados por la dependencia el 20 de noviembre de 2026." in page


def test_machines_read_it_as_a_service_of_the_government(client: Client) -> None:
    news.service(telephone="000 000 0101")
    page = client.get("/servicios/conectar-una-casa-al-agua/").content.decode()
    data = json.loads(re.findall(r'ld\+json">(.+?)</script>', page)[0])
    assert (
        data["@type"],
        data["offers"]["price"],
        data["availableChannel"]["servicePhone"]["telephone"],
    ) == (
        "GovernmentService",
        "0.00",
        "000 000 0101",
    )


@pytest.mark.parametrize(("asked", "found"), [("conexión de aguas", 0), ("conectar", 1), ("CASAS agua", 1)])
def test_the_search_knows_other_forms_of_a_word(client: Client, asked: str, found: int) -> None:
    news.service()
    news.service("Licencia de negocio", summary="Para abrir.", place="Portal")
    news.service("Conectar en secreto la casa y el agua", public=False)
    answer = client.get("/servicios/buscar/", {"q": asked})
    assert answer.context["total"] == found


@pytest.mark.parametrize("asked", ["\x00", "'", "a" * 9000, "<script>", "AND OR *", ""])
def test_strange_words_are_only_words(client: Client, asked: str) -> None:
    news.service()
    answer = client.get("/servicios/buscar/", {"q": asked})
    assert (answer.status_code, "<script>a" in answer.content.decode()) == (200, False)


def test_hostile_words_stay_words(client: Client) -> None:
    words = dict.fromkeys(
        ("summary", "who", "requirements", "steps", "cost", "basis", "change", "place"), HOSTILE
    )
    short = {"hours": HOSTILE, "telephone": HOSTILE[:60], "takes": HOSTILE}
    news.service(HOSTILE, slug="hostil", **words, **short)
    for path in ("/servicios/", "/servicios/hostil/", "/servicios/buscar/?q=alert"):
        page = client.get(path).content.decode()
        assert [bad for bad in ("<script>alert", "<img src=x") if bad in page] == []


def test_three_cost_no_more_questions_than_one(questions: Callable[[str], int]) -> None:
    news.service()
    one = questions("/servicios/")
    news.service("Otro")
    news.service("Otro más")
    assert questions("/servicios/") == one
