"""The desk of a live coverage takes each post once, says what is wrong, and is open only to those who cover."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from factories.library import jpeg
from factories.newsroom import act, shelf, town
from pregon.accounts import actions as accounts
from pregon.accounts.enums import Role
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import LiveBlog, LivePost

pytestmark = pytest.mark.django_db

JSON = {"headers": {"Accept": "application/json"}}


def sign_in(client: Client, role: Role) -> None:
    client.force_login(
        accounts.hire(f"{role.name}@muestra.example".lower(), password="x" * 20, roles=[role], name="")
    )


@pytest.fixture
def blog(client: Client) -> LiveBlog:
    shelf()
    sign_in(client, Role.PHOTOGRAPHER)
    now = timezone.now()
    return newsroom.open_live(act(start=now), by=None, at=now)


def address(blog: LiveBlog) -> str:
    return reverse("newsroom_live:blog", args=[blog.pk])


def test_the_acts_of_today_are_offered_and_open_with_a_button(client: Client) -> None:
    town()
    sign_in(client, Role.EDITOR)
    today = act("Desfile", start=timezone.now())
    index = client.get(reverse("newsroom_live:index")).content.decode()
    assert "Desfile" in index
    answer = client.post(reverse("newsroom_live:open", args=[today.pk]))
    assert answer.headers["Location"] == address(LiveBlog.objects.get())


def test_a_script_is_told_what_became_of_a_post(client: Client, blog: LiveBlog) -> None:
    key = str(uuid4())
    said = {"key": key, "text": "Arranca.", "written_at": "2026-11-27T18:00:00.123Z"}
    answers = [client.post(address(blog), said, **JSON) for _time in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(201, {"key": key})] * 2
    assert LivePost.objects.count() == 1
    refused = client.post(address(blog), {"key": str(uuid4())}, **JSON)
    assert (refused.status_code, refused.json()) == (
        422,
        {"error": "Escribe algo, o elige una foto: la publicación está vacía."},
    )


def test_without_script_the_form_is_posted_as_any_other(client: Client, blog: LiveBlog) -> None:
    answer = client.post(address(blog), {"key": str(uuid4()), "text": "Arranca."})
    assert (answer.status_code, answer.headers["Location"]) == (302, address(blog))
    wrong = client.post(address(blog), {"key": str(uuid4()), "text": "Mira", "video": "nada nada"})
    assert wrong.status_code == 422
    assert "Esa dirección de video no se entiende" in wrong.content.decode()


def test_a_small_photo_and_a_file_that_is_none(client: Client, blog: LiveBlog) -> None:
    photo = SimpleUploadedFile("foto.jpg", jpeg((300, 200)), "image/jpeg")
    said = {"key": str(uuid4()), "seen": "La banda.", "photo": photo}
    assert client.post(address(blog), said, **JSON).status_code == 201
    assert LivePost.objects.get().photo is not None
    other = SimpleUploadedFile("foto.jpg", b"<svg onload=alert(1)>", "image/jpeg")
    refused = client.post(address(blog), {"key": str(uuid4()), "seen": "x", "photo": other}, **JSON)
    assert "no es una foto" in refused.json()["error"] or "dibujo SVG" in refused.json()["error"]


@pytest.mark.parametrize(("verb", "state"), [("pausar", "en-pausa"), ("cerrar", "cerrada")])
def test_its_buttons(client: Client, blog: LiveBlog, verb: str, state: str) -> None:
    client.post(reverse("newsroom_live:verb", args=[blog.pk, verb]))
    assert LiveBlog.objects.get().state == state


def test_a_verb_that_nobody_knows_is_not_found(client: Client, blog: LiveBlog) -> None:
    assert client.post(reverse("newsroom_live:verb", args=[blog.pk, "borrar"])).status_code == 404


def test_of_two_editors_the_later_is_told_what_it_says_now_and_loses_nothing(
    client: Client, blog: LiveBlog
) -> None:
    client.post(address(blog), {"key": str(uuid4()), "text": "Uno."})
    posted = LivePost.objects.get()
    change = reverse("newsroom_live:change", args=[posted.pk])
    said = {"text": "Dos.", "note": "Era dos.", "version": 1}
    assert client.post(change, said).status_code == 302
    late = client.post(change, said | {"text": "Tres."})
    page = late.content.decode()
    assert ("Alguien más lo cambió" in page, "Ahora dice: «Dos.»." in page, "Tres." in page) == (
        True,
        True,
        True,
    )
    assert LivePost.objects.get().text == "Dos."
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    assert client.post(change, said | {"text": "Tres.", "version": version}).status_code == 302
    assert LivePost.objects.get().text == "Tres."


def test_what_somebody_else_took_away_is_corrected_no_more(client: Client, blog: LiveBlog) -> None:
    client.post(address(blog), {"key": str(uuid4()), "text": "Uno."})
    posted = LivePost.objects.get()
    change = reverse("newsroom_live:change", args=[posted.pk])
    newsroom.remove_post(posted, note="No era.", version=1, by=None, at=timezone.now())
    assert client.post(change, {"text": "Dos.", "note": "Era dos.", "version": 1}).status_code == 404


def test_of_two_who_pin_the_later_is_given_back_what_they_wrote(client: Client, blog: LiveBlog) -> None:
    pin = reverse("newsroom_live:verb", args=[blog.pk, "esencial"])
    for words in ("Reabre a las 12:00", "Reabre a las 13:00"):
        page = client.post(pin, {"summary": words, "version": 1}, follow=True).content.decode()
    assert ("Alguien más lo cambió" in page, "Esto habías escrito: «Reabre a las 13:00»" in page) == (
        True,
        True,
    )
    assert LiveBlog.objects.get().summary == "Reabre a las 12:00"


def test_a_coverage_of_an_act_that_is_not_announced_any_more_says_so(client: Client, blog: LiveBlog) -> None:
    nobody = "nadie ve esta cobertura"
    assert nobody not in client.get(address(blog)).content.decode()
    blog.act.public = False
    blog.act.save()
    assert nobody in client.get(address(blog)).content.decode()


@pytest.mark.parametrize("role", [Role.DESIGNER, Role.READER])
def test_others_do_not_post(client: Client, role: Role) -> None:
    shelf()
    now = timezone.now()
    blog = newsroom.open_live(act(start=now), by=None, at=now)
    sign_in(client, role)
    assert client.get(address(blog)).headers["Location"] == "/escritorio/"
    client.post(address(blog), {"key": str(uuid4()), "text": "x"})
    assert not LivePost.objects.exists()
