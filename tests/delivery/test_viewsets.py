from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from factories.accounts import UserFactory
from factories.delivery import NOON, SubscriberFactory
from pregon.accounts.enums import Role
from pregon.delivery.enums import Standing
from pregon.delivery.viewsets import TONES

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def addresses(client: Client, **query: str) -> list[str]:
    answer = client.get(reverse("suscriptores:index"), query)
    return [shown.address for shown in answer.context["object_list"]]


def test_every_standing_has_a_tone() -> None:
    assert set(TONES) == set(Standing)


def test_subscribers_are_found_by_address_and_narrowed_by_standing(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    SubscriberFactory.create(address="vecina@muestra.example")
    SubscriberFactory.create(address="vecino@muestra.example", standing=Standing.LEFT)
    assert addresses(client, q="vecina") == ["vecina@muestra.example"]
    assert addresses(client, standing=Standing.LEFT.value) == ["vecino@muestra.example"]


def test_the_list_costs_the_same_with_one_subscriber_and_with_three(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.HEAD]))
    spent = []
    for _number in range(3):
        SubscriberFactory.create()
        addresses(client)
        with CaptureQueriesContext(connection) as queries:
            addresses(client)
        spent.append(len(queries))
    assert spent[0] == spent[2]


def test_who_may_not_look_at_subscribers_sees_none(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.READER]))
    assert client.get(reverse("suscriptores:index")).status_code == 302


@pytest.mark.parametrize(("role", "offered"), [(Role.HEAD, True), (Role.EDITOR, False)])
def test_the_whole_list_is_imported_and_exported_by_those_who_may(
    client: Client, role: Role, offered: bool
) -> None:
    client.force_login(UserFactory.create(roles=[role]))
    shown = client.get(reverse("suscriptores:index")).content.decode()
    names = ("rosters", "export_csv", "export_xlsx", "suppress")
    buttons = re.findall(r'<a href="([^"]+)"[^>]*class="[^"]*button-secondary', shown)
    assert [reverse(f"suscriptores_desk:{name}") in buttons for name in names] == [offered] * 4


def test_a_row_without_address_is_nobody(client: Client) -> None:
    client.force_login(UserFactory.create(roles=[Role.EDITOR]))
    SubscriberFactory.create(erased_at=NOON)
    assert addresses(client) == []
