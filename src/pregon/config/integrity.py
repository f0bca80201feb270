"""What only the database itself can say of its own state, each in its own language."""

from __future__ import annotations

from django.db import connection


def damage() -> str:
    """What is wrong with the database as a store, in a sentence that says what to do; "" when nothing is."""
    if connection.vendor == "sqlite":
        verdict = _asked("PRAGMA quick_check(1)")
        if verdict != "ok":
            return f"El archivo de la base de datos está dañado ({verdict}): restaura el último respaldo."
    if connection.vendor == "postgresql":
        encoding = _asked("SHOW server_encoding")
        if encoding != "UTF8":
            return (
                f"La base de datos guarda el texto como {encoding}, donde no cabe todo: "
                "crea otra con «createdb --encoding=UTF8 --template=template0» y ponla en PREGON_DATABASE_URL."
            )
    return ""


def _asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])
