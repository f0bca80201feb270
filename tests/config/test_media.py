from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from pregon.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(tmp_path: Path, settings: Settings) -> str:
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "escudo").mkdir()
    (tmp_path / "escudo" / "escudo.svg").write_text("<svg><script>alert(1)</script></svg>")
    return "/escritorio/archivos/escudo/escudo.svg"


def test_a_stranger_is_sent_to_the_login(client: Client, original: str) -> None:
    answer = client.get(original)
    assert (answer.status_code, answer["Location"].startswith("/escritorio/login/")) == (302, True)


def test_a_person_of_the_desk_gets_the_file_and_nothing_in_it_runs(client: Client, original: str) -> None:
    person = User.objects.create_user("redaccion@muestra.example", "x")
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(person)
    answer = client.get(original)
    assert (answer.status_code, "sandbox" in answer["Content-Security-Policy"]) == (200, True)
    answer.close()


def test_nobody_climbs_out_of_the_folder(client: Client, original: str) -> None:
    person = User.objects.create_superuser("titular@muestra.example", "x")
    client.force_login(person)
    assert client.get("/escritorio/archivos/../secret.key").status_code == 400
