"""``pregon site``: bakes everything anew, copies the site to a folder, and tells how it looked."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pregon.accounts.models import Office
from pregon.website import actions as website
from pregon.website.actions.rebuilding import Progress
from pregon.website.models import PageVersion
from pregon.website.views.versions import path_of

NEEDS = {"export": "CARPETA", "versions": "DIRECCIÓN", "show": "DIRECCIÓN"}


def moment(word: str) -> datetime:
    """«2026-11-20 10:00», also with its seconds, or a day; each means the end of what it names, for the hours that
    ``versions`` tells are cut to the second."""
    found = datetime.fromisoformat(word if len(word) > len("2026-11-20") else f"{word} 23:59:59")
    return found if found.microsecond else found.replace(microsecond=999_999)


class Command(BaseCommand):
    help = (
        "rebuild hornea todo el sitio de nuevo y sigue donde se quedó; export lo copia a una carpeta que sirve "
        "cualquier servidor; versions y show dicen cómo se veía una página."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", metavar="ACCIÓN", choices=["rebuild", "export", "versions", "show"])
        parser.add_argument("target", metavar="CARPETA|DIRECCIÓN", nargs="?", default="")
        parser.add_argument(
            "--at", type=moment, metavar="HORA", help="a qué hora, con show: «2026-11-20 10:00»"
        )
        parser.add_argument(
            "--relative", action="store_true", help="con export: enlaces para servirla bajo una ruta"
        )
        parser.add_argument("--json", action="store_true", help="imprime un objeto JSON y nada más")

    def handle(self, *args: Any, **options: Any) -> None:
        action: str = options["action"]
        if action in NEEDS and not options["target"]:
            raise CommandError(f"Después de «{action}» va la {NEEDS[action].lower()}.")
        told, sentences = getattr(self, action)(options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for sentence in sentences:
                self.stdout.write(sentence)
        if told.get("left"):
            raise CommandError(f"{told['left']} páginas no se pudieron hornear: «pregon doctor» dice cuáles.")

    def rebuild(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        began = timezone.now()
        ended = website.rebuild(at=began, tell=self.tell_progress)
        seconds = (timezone.now() - began).total_seconds()
        told = {
            "total": ended.total,
            "left": ended.left,
            "resumed": ended.resumed,
            "seconds": round(seconds, 1),
        }
        return told, [f"{ended.done} páginas horneadas de {ended.total}."]

    def tell_progress(self, progress: Progress) -> None:
        """On one line of a terminal; nobody reads it elsewhere."""
        if sys.stderr.isatty():
            again = "Sigue donde se quedó: " if progress.resumed else ""
            self.stderr.write(f"\r{again}faltan {progress.left} páginas de {progress.total}.  ", ending="")

    def export(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        folder = Path(options["target"]).expanduser()
        ended = website.export(folder, at=timezone.now(), relative=options["relative"])
        told = {"files": ended.files, "copied": ended.copied, "removed": ended.removed}
        sentence = (
            f"Respaldo del sitio en {folder}: {ended.files} archivos, {ended.copied} cambiaron, "
            f"{ended.removed} ya no son públicos y se quitaron."
        )
        return told, [sentence]

    def versions(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        path, zone = path_of(options["target"]), Office.load().zone
        found = PageVersion.objects.filter(path=path).order_by("-since", "-pk")
        told = [
            {
                "since": version.since.isoformat(),
                "until": version.until.isoformat() if version.until else None,
                "gone": version.gone,
                "digest": version.digest,
            }
            for version in found
        ]
        lines = []
        for version in found:
            until = f"{version.until.astimezone(zone):%Y-%m-%d %H:%M:%S}" if version.until else "ahora"
            gone = "  retirada" if version.gone else ""
            lines.append(f"{version.since.astimezone(zone):%Y-%m-%d %H:%M:%S} → {until}{gone}")
        return {"path": path, "versions": told}, lines or [f"De {path} no se guarda ninguna versión."]

    def show(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        path, zone = path_of(options["target"]), Office.load().zone
        at: datetime = options["at"] or timezone.now()
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        version = PageVersion.objects.at(path, at)
        if version is None:
            raise CommandError(f"De {path} no hay versión del {at:%Y-%m-%d} a las {at:%H:%M:%S}.")
        body = website.read_version(version)
        if body is None:
            raise CommandError(
                "El archivo de esa versión se perdió o se alteró: recupéralo del respaldo de la oficina."
            )
        page = body.decode(errors="replace")
        told = {"path": path, "since": version.since.isoformat(), "gone": version.gone, "page": page}
        return told, [page]
