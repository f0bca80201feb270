"""A child does not inherit what a thread of an earlier test left open."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from servers.forking import close_every_connection, open_files


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_a_thread_left_is_closed_before_a_fork() -> None:
    left: list[Any] = []

    def look() -> None:
        connections["default"].cursor().execute("SELECT 1")
        left.append(connections["default"])

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    connections.close_all()
    assert open_files()
    close_every_connection()
    assert not open_files()
