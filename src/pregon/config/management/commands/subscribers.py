"""``pregon subscribers``: takes in a list of subscribers, checked first; and writes the list that there is."""

from __future__ import annotations

import shutil
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

#: What became of the lines of a list: of one, and of several.
FATES = {
    "confirmed": ("recibe desde ahora", "reciben desde ahora"),
    "pending": ("queda por confirmar", "quedan por confirmar"),
    "known": ("ya estaba", "ya estaban"),
    "left": ("se había dado de baja o ya no existe", "se habían dado de baja o ya no existen"),
    "suppressed": ("pidió que no se le escriba", "pidieron que no se les escriba"),
    "bad": ("tiene un problema", "tienen un problema"),
}


def day(word: str) -> date:
    if (found := day_of(word)) is None:
        raise ValueError(word)
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
        for fate, (of_one, of_several) in FATES.items():
            if count := counts.get(fate):
                self.stdout.write(f"  {count:>7} {of_one if count == 1 else of_several}")
