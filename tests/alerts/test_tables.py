from __future__ import annotations

import csv

import pytest
from django.utils import timezone

from factories.alerts import minor, person, sent
from pregon.alerts import actions as alerts
from pregon.alerts.models import ExtraordinaryMessage
from pregon.alerts.tables import csv_lines, headings, plain

pytestmark = pytest.mark.django_db


def table() -> list[list[str]]:
    return list(csv.reader("".join(csv_lines()).lstrip("\ufeff").splitlines(keepends=True)))


def test_each_message_is_a_row_with_who_gave_it_and_how_long_was_waited() -> None:
    alert = sent()
    head, row = table()
    told = dict(zip(head, row, strict=True))
    assert head == headings()
    assert (told["propuso"], told["confirmó"], told["una sola persona"], told["segundos de espera"]) == (
        str(alert.proposer),
        str(alert.second),
        "no",
        "0",
    )
    assert told["dirección"] == alert.get_absolute_url()


def test_no_cell_calculates() -> None:
    minor(description="=1+1")
    alerts.justify(ExtraordinaryMessage.objects.get(), text="@suma", by=person(), at=timezone.now())
    [_, row] = table()
    assert "'@suma" in row and plain("-2") == "'-2" and plain("Hola") == "Hola"
