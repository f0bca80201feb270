"""The list that leaves calculates nothing, holds nobody it should not, and can be taken back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from factories.accounts import LocalityFactory, TopicFactory
from factories.delivery import NOON, SubscriberFactory
from pregon.delivery import tables
from pregon.delivery.enums import Frequency, Standing
from pregon.delivery.models import Subscriber
from pregon.delivery.reading import Column, read_table

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

FORMULA = '=HYPERLINK("https://malo.example")'


def as_csv() -> bytes:
    return "".join(tables.csv_lines(tables.exported())).encode()


def as_workbook() -> bytes:
    with tables.workbook(tables.exported()) as file:
        return file.read()


def csv_cells() -> list[list[str]]:
    return list(csv.reader(io.StringIO(as_csv().decode("utf-8-sig"))))


def sheet() -> Any:
    return load_workbook(io.BytesIO(as_workbook())).active


def test_a_row_says_all_that_is_known() -> None:
    one = SubscriberFactory.create(
        address="vecina@muestra.example", name="Vecina", frequency=Frequency.WEEKLY, consent="Firmó."
    )
    one.topics.set([TopicFactory.create(name="Agua"), TopicFactory.create(name="Salud")])
    one.localities.add(LocalityFactory.create(name="La Loma"))
    expected = [
        *("De viva voz", "vecina@muestra.example", "Vecina", "Agua; Salud", "La Loma"),
        *("Un resumen a la semana", "Confirmado", "2026-10-21", "2026-10-21", "", "Firmó.", "2026-10-21"),
    ]
    cells = csv_cells()
    assert (cells[0], cells[1]) == (tables.headings(), expected)
    assert [cell.value or "" for cell in sheet()[2]] == expected


@pytest.mark.parametrize("name", [FORMULA, "+52 33", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_no_cell_calculates(name: str) -> None:
    SubscriberFactory.create(name=name)
    assert csv_cells()[1][2] == f"'{name}"
    cell = sheet()["C2"]
    said = str(cell.value).replace("\r", "\n")  # with lxml it is kept, without it is a line break
    assert (said, cell.data_type) == (name.replace("\r", "\n"), "s")


def test_a_letter_that_no_sheet_may_hold_is_dropped() -> None:
    SubscriberFactory.create(name="Ve\x0bcina")
    assert sheet()["C2"].value == "Vecina"


def test_the_offices_own_channels_and_erased_people_are_not_in_it() -> None:
    SubscriberFactory.create(broadcast=True)
    SubscriberFactory.create(erased_at=NOON)
    SubscriberFactory.create(standing=Standing.LEFT, left_at=NOON)
    assert [row[6] for row in csv_cells()[1:]] == ["Se dio de baja"]


@pytest.mark.parametrize("made", [as_csv, as_workbook])
def test_what_leaves_can_be_taken_back(made: Any) -> None:
    SubscriberFactory.create(name=FORMULA, consent="Firmó.")
    [line] = read_table(made()).lines
    assert [line[column] for column in (Column.ADDRESS, Column.NAME, Column.CONSENT, Column.CONSENT_ON)] == [
        Subscriber.objects.get().address,
        FORMULA,
        "Firmó.",
        "2026-10-21",
    ]


def test_the_list_is_read_a_slice_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SLICE", 2)
    SubscriberFactory.create_batch(5)
    pieces = list(tables.csv_lines(tables.exported()))
    assert (len(pieces), len(csv_cells())) == (4, 6)


def test_a_slice_costs_the_same_for_one_subscriber_and_for_three() -> None:
    spent = []
    for _number in range(3):
        SubscriberFactory.create()
        with CaptureQueriesContext(connection) as asked:
            as_csv()
        spent.append(len(asked))
    assert spent[0] == spent[2]
