"""A moment that is written by hand is the moment that the mapper reads."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

from pregon.accounts.models import Office
from pregon.core.sql import moment, read_moment, table

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize("microsecond", [0, 1, 120_000])
def test_a_moment_comes_back_as_it_was(microsecond: int) -> None:
    at = datetime(2026, 5, 4, 12, 0, 0, microsecond, tzinfo=UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS TEXT)", [str(moment(at))])
        [written] = cursor.fetchone()
    assert read_moment(written) == at


def test_a_table_is_named_as_the_mapper_names_it() -> None:
    assert table(Office) == f'"{Office._meta.db_table}"'
