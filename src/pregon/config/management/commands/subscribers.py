"""``pregon subscribers``: takes in a list of subscribers, checked first; and writes the list that there is."""

from __future__ import annotations

import shutil
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pregon.core.files import replacing
from pregon.delivery import actions as delivery
from pregon.delivery.actions import importing
from pregon.delivery.enums import Handling
from pregon.delivery.models import Roster
from pregon.delivery.reading import MOST_BYTES, day_of
from pregon.delivery.tables import csv_lines, exported, workbook

FATES = {
    "confirmed": "reciben desde ahora",
    "pending": "quedan por confirmar",
    "known": "ya estaban",
    "left": "se habían dado de baja o ya no existen",
    "suppressed": "pidieron que no se les escriba",
    "bad": "tienen un problema",
}


def day(word: str) -> date:
    if (found := day_of(word)) is None:
        raise ArgumentTypeError(word)
    return found


class Command(BaseCommand):
    help = "Importa una lista de suscriptores (CSV o .xlsx), o exporta la que hay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", metavar="import|export", choices=["import", "export"])
        parser.add_argument("file", metavar="ARCHIVO", type=Path)
        parser.add_argument(
            "--consent", default="", metavar="FRASE", help="cómo aceptaron las líneas que no lo dicen"
        )
        parser.add_argument("--consent-date", type=day, metavar="FECHA", help="cuándo aceptaron")
        parser.add_argument(
            "--confirmed",
            action="store_true",
            help="reciben desde ahora las que dicen cómo y cuándo aceptaron",
        )
        parser.add_argument("--letters", action="store_true", help="pide a las demás que confirmen")
        parser.add_argument("--yes", action="store_true", help="importa; sin esto solo revisa")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "export":
            self.export(options["file"])
        else:
            self.take_in(options)

    def export(self, path: Path) -> None:
        """Whole or absent, and for nobody else to read."""
        with replacing(path) as file:
            if path.suffix.lower() == ".xlsx":
                with workbook(exported()) as book:
                    shutil.copyfileobj(book, file)
            else:
                for text in csv_lines(exported()):
                    file.write(text.encode())
        self.stdout.write(f"Exportados {exported().count()} suscriptores a {path}.")

    def take_in(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        if path.stat().st_size > MOST_BYTES:
            raise CommandError(f"La lista pesa más de {MOST_BYTES // 1024**2} MB: divídela en varias.")
        roster = delivery.hand_in(
            path.read_bytes(),
            name=path.name,
            statement=options["consent"],
            statement_on=options["consent_date"],
            as_confirmed=options["confirmed"],
            with_letters=options["letters"],
            by=None,
            at=timezone.now(),
            held_until=timezone.now() + importing.LEASE,
        )
        importing.check(roster, at=timezone.now())
        roster.refresh_from_db()
        if roster.handling == Handling.REFUSED:
            raise CommandError(roster.refusal)
        for bad in roster.problems:
            self.stderr.write(f"Línea {bad['line']}: {bad['problem']}")
        if options["yes"]:
            delivery.approve(roster, digest=roster.digest, held_until=timezone.now() + importing.LEASE)
            roster.refresh_from_db()
            importing.take_in(roster, at=timezone.now())
            roster.refresh_from_db()
        self.tell(roster)

    def tell(self, roster: Roster) -> None:
        taken = roster.handling == Handling.IMPORTED
        counts = roster.counts["taken" if taken else "checked"]
        self.stdout.write("Importada:" if taken else "Revisada; con --yes se importa:")
        for fate, words in FATES.items():
            if counts.get(fate):
                self.stdout.write(f"  {counts[fate]:>7} {words}")
