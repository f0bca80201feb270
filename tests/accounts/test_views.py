from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.auth import require_admin_access
from wagtail.users.models import UserProfile

from factories.accounts import UserFactory
from pregon.accounts.models import Office, User
from pregon.accounts.views import in_zone_of_the_office, token_file, welcomes

pytestmark = pytest.mark.django_db

PHRASE = "una frase larga de prueba"
TOKEN = "una-ficha-de-un-solo-uso"
ADDRESS = f"/bienvenida/{TOKEN}/"
TOLD = {"email": "titular@muestra.example", "password": PHRASE, "again": PHRASE}


@pytest.fixture
def token() -> Iterator[Path]:
    path = token_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    yield path
    path.unlink(missing_ok=True)


def test_the_holder_of_the_address_becomes_the_head_and_is_at_the_desk(client: Client, token: Path) -> None:
    assert "Esta oficina es tuya" in client.get(ADDRESS).content.decode()
    answer = client.post(ADDRESS, TOLD)
    assert answer["Location"] == reverse("wagtailadmin_home")
    assert User.objects.get().is_superuser
    assert client.get(reverse("wagtailadmin_home")).status_code == 200


def test_the_address_serves_once(client: Client, token: Path) -> None:
    client.post(ADDRESS, TOLD)
    assert (token.exists(), Client().get(ADDRESS).status_code) == (False, 404)


def test_another_token_opens_nothing(client: Client, token: Path) -> None:
    assert (client.get("/bienvenida/otra/").status_code, welcomes(""), welcomes(TOKEN)) == (404, False, True)


def test_without_a_token_there_is_no_page(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


def test_an_office_with_a_head_welcomes_nobody(client: Client, token: Path) -> None:
    UserFactory.create(is_superuser=True)
    assert client.post(ADDRESS, TOLD).status_code == 404
    assert User.objects.count() == 1


def test_a_weak_password_is_refused_in_words_and_makes_nobody(client: Client, token: Path) -> None:
    page = client.post(ADDRESS, TOLD | {"password": "12345", "again": "12345"}).content.decode()
    assert ('role="alert"' in page, User.objects.count(), token.exists()) == (True, 0, True)


def test_the_browser_may_say_where_the_form_came_from(client: Client, token: Path) -> None:
    # Under "no-referrer" a browser sends "Origin: null", and Django refuses the form.
    assert '<meta name="referrer" content="same-origin">' in client.get(ADDRESS).content.decode()


@pytest.mark.parametrize("chosen", ["", "America/Cancun"])
def test_the_desk_runs_in_the_zone_of_the_office_unless_a_person_chose_one(
    rf: RequestFactory, chosen: str
) -> None:
    office = Office.load()
    office.time_zone = "America/Tijuana"
    office.save()
    request = rf.get(reverse("wagtailadmin_home"))
    request.user = UserFactory.create(is_superuser=True)
    UserProfile.objects.create(user=request.user, current_time_zone=chosen)
    answer = in_zone_of_the_office(require_admin_access(clock))(request)
    assert answer.content.decode() == (chosen or "America/Tijuana")
    assert UserProfile.objects.get().current_time_zone == chosen


def test_who_is_not_at_the_desk_has_no_profile(client: Client) -> None:
    client.get(reverse("wagtailadmin_login"))
    assert not UserProfile.objects.exists()


def clock(request: HttpRequest) -> HttpResponse:
    return HttpResponse(timezone.get_current_timezone_name())
