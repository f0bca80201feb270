from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from factories.alerts import draft, minor, person, sent
from pregon.alerts import actions as alerts
from pregon.alerts.enums import State, Status
from pregon.alerts.models import Alert, AlertOffice, AlertTemplate, ExtraordinaryMessage
from pregon.alerts.reading import templates

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def refused(**changes: object) -> bool:
    try:
        with transaction.atomic():
            Alert.objects.update(**changes)
    except IntegrityError:
        return True
    return False


def test_the_database_keeps_what_a_message_is() -> None:
    alert = draft("tormenta")
    assert refused(state="volando")
    assert refused(status="Maybe")
    assert refused(severity="Awful")
    assert refused(state=State.ACTIVE)
    assert refused(message_type="Update")
    assert refused(second=alert.author, proposer=alert.author)


def test_one_message_is_followed_once() -> None:
    first = minor()
    drafts = [alerts.update(first, by=person(), at=timezone.now()) for _ in range(2)]
    alerts.propose(drafts[0], by=person(), at=timezone.now(), word="ALERTA")
    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=drafts[1].pk).update(
            state=State.ACTIVE, sent=timezone.now(), identifier="otra", xml="<alert/>"
        )


def test_the_heads_of_chains_are_what_was_said_last() -> None:
    first, drill = minor(), sent(status=Status.EXERCISE)
    second = alerts.update(first, by=person(), at=timezone.now())
    assert set(Alert.objects.heads()) == {first, drill}
    second = alerts.propose(second, by=person(), at=timezone.now(), word="ALERTA")
    assert set(Alert.objects.heads()) == {second, drill}


def test_a_chain_shares_its_address_and_its_name_in_the_ledger() -> None:
    first = minor()
    second = alerts.update(first, by=person(), at=timezone.now())
    assert (second.get_absolute_url(), second.origin) == (first.get_absolute_url(), first.origin)


def test_an_office_starts_with_eight_templates() -> None:
    assert set(AlertTemplate.objects.values_list("slug", flat=True)) == {each["slug"] for each in templates()}
    assert (AlertTemplate.objects.count(), AlertOffice.load().minutes) == (8, 5)


def test_a_justification_is_whole_or_not_there() -> None:
    minor()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExtraordinaryMessage.objects.update(justification="Porque sí.")
