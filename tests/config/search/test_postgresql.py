from __future__ import annotations

import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from factories.newsroom import draft
from pregon.config.search.postgresql import LONGEST_TEXT, LONGEST_WORD, plain
from pregon.newsroom.models import Bulletin


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Camión NUEVO", "camion nuevo"),
        ("Ñandú, 2026-001", "nandu 2026 001"),
        ("¿?", ""),
        ("x" * 500, "x" * LONGEST_WORD),
    ],
)
def test_a_text_becomes_its_words(text: str, words: str) -> None:
    assert plain(text) == words


def test_a_text_without_end_is_read_until_it_is_enough() -> None:
    assert len(plain("a " * LONGEST_TEXT)) == LONGEST_TEXT - 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_one_transaction_writes_into_the_index_keeps_no_other_waiting() -> None:
    pages = [draft("Puente"), draft("Camino")]
    # SQLite lets one write after the other; on PostgreSQL both are in the midst of it at the same time.
    together = threading.Barrier(2 if connection.vendor == "postgresql" else 1)
    problems: list[BaseException] = []

    def write(page: Bulletin) -> None:
        try:
            with transaction.atomic():
                page.save()
                together.wait(timeout=60)
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(page,)) for page in pages]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_rebuilt_index_ranks_titles_by_their_length() -> None:
    """Rebuilding is the only moment at which all entries are touched."""
    found = [draft("Puente"), draft("Puente sobre el arroyo que baja de la sierra")]
    call_command("update_index", verbosity=0)
    assert list(Bulletin.objects.search("puente")) == found
