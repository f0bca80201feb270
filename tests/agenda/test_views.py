from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from factories.accounts import UserFactory
from factories.newsroom import act
from pregon.accounts.enums import Role
from pregon.agenda.enums import Settlement
from pregon.agenda.models import Coverage

pytestmark = pytest.mark.django_db


def test_an_editor_leaves_an_act_uncovered_and_signs_it(client: Client) -> None:
    editor, made = UserFactory.create(roles=[Role.EDITOR]), act()
    client.force_login(editor)
    address = reverse("agenda_desk:excuse", args=[made.pk])
    assert "Boletín" in client.get(address).content.decode()
    answer = client.post(address, {"reason": "Se suspendió por lluvia."})
    assert (answer.status_code, answer["Location"]) == (302, reverse("actos:edit", args=[made.pk]))
    assert list(Coverage.objects.values_list("settlement", "reason", "signer").distinct()) == [
        (Settlement.EXCUSED, "Se suspendió por lluvia.", editor.pk)
    ]


def test_without_a_reason_nothing_is_excused(client: Client) -> None:
    made = act()
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    page = client.post(reverse("agenda_desk:excuse", args=[made.pk]), {"reason": ""}).content.decode()
    assert ("Para no cubrir un acto hay que escribir el motivo." in page, made.coverages.open().count()) == (
        True,
        2,
    )


def test_asking_twice_goes_back_to_the_act(client: Client) -> None:
    made = act()
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    address = reverse("agenda_desk:excuse", args=[made.pk])
    client.post(address, {"reason": "Se suspendió por lluvia."})
    assert client.get(address)["Location"] == reverse("actos:edit", args=[made.pk])


def test_who_may_only_look_excuses_nothing(client: Client) -> None:
    made = act()
    client.force_login(UserFactory.create(roles=[Role.READER]))
    client.post(reverse("agenda_desk:excuse", args=[made.pk]), {"reason": "Porque sí."})
    assert made.coverages.open().count() == 2
