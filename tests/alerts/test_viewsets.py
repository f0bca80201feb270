from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from factories.alerts import draft, minor, person, sent
from pregon.accounts.enums import Role
from pregon.alerts import actions as alerts
from pregon.alerts.enums import State, Status
from pregon.alerts.models import AlertTemplate

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def listed(client: Client, **query: str) -> str:
    answer = client.get(reverse("alertas:index"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def desk(role: Role = Role.EDITOR) -> Client:
    client = Client()
    client.force_login(person(role))
    return client


def test_the_list_tells_each_alert_with_its_state_and_drills_by_their_word() -> None:
    minor()
    sent(status=Status.EXERCISE)
    draft("tormenta")
    page = listed(desk())
    assert "Alerta: Corte de agua en La Loma" in page and "SIMULACRO · Alerta: Inundación" in page
    assert "Borrador" in listed(desk(), state=State.DRAFT)
    assert "Corte de agua" not in listed(desk(), status=Status.EXERCISE)


def test_only_who_may_write_is_offered_a_new_one() -> None:
    assert "Nueva alerta" in listed(desk())
    assert "Nueva alerta" not in listed(desk(Role.READER))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_whatever_its_length(
    count: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(count):
        minor()
    client = desk()
    listed(client)
    with django_assert_max_num_queries(20):  # type: ignore[operator]  # a fixture without types
        listed(client)


def test_the_head_changes_a_template_and_it_is_the_offices_own_then() -> None:
    client = desk(Role.HEAD)
    template = AlertTemplate.objects.get(slug="tormenta")
    address = reverse("plantillas-de-alerta:edit", args=[template.pk])
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields} | {"headline": "Viento en {lugar}"}
    assert client.post(address, data).status_code == 302
    template.refresh_from_db()
    assert (template.headline, template.edition, template.slug) == ("Viento en {lugar}", 0, "tormenta")
    assert desk().get(address).status_code == 302


def test_an_alert_that_waits_is_counted_in_the_menu() -> None:
    editor = person()
    alerts.propose(draft(by=editor), by=editor, at=timezone.now(), word="ALERTA")
    assert "data-desk-badge" in desk().get(reverse("wagtailadmin_home")).content.decode()
