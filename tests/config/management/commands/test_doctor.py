"""Exit code 1 when anything is wrong; with --json one object and nothing else."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command
from pytest_django import Settings

from factories.accounts import UserFactory
from factories.newsroom import town
from pregon.core.home import Home

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def office(home: Home, settings: Settings) -> None:
    settings.BASE_URL = "http://localhost:8000"
    town()


def examined(**options: object) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out, **options)
    except SystemExit as leaving:
        return int(str(leaving.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_healthy_office_ends_in_zero_and_an_ill_one_in_one() -> None:
    assert examined()[0] == 1
    UserFactory(is_superuser=True)
    assert examined()[0] == 0


def test_each_finding_is_a_line_with_its_mark() -> None:
    lines = examined()[1].splitlines()
    assert {line[:2] for line in lines} == {"✓ ", "✗ "}
    assert [line for line in lines if line.startswith("✗")] == [
        "✗ La oficina no tiene titular: ejecuta «pregon init» y sigue lo que dice."
    ]


@pytest.mark.parametrize("heads", [0, 1])
def test_json_is_one_object_and_nothing_else(heads: int) -> None:
    UserFactory.create_batch(heads, is_superuser=True)
    code, out = examined(json=True)
    told = json.loads(out)
    assert (code, told["ok"], out.count("\n")) == (1 - heads, bool(heads), 1)
    assert [set(finding) for finding in told["findings"]] == [{"ok", "sentence"}] * len(told["findings"])
    assert all(finding["ok"] for finding in told["findings"]) is told["ok"]
