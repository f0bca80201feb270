"""``pregon publish FOLDER``: the main job without a browser."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pregon.accounts.models import Office, User
from pregon.config import publishing
from pregon.config.publishing import Report
from pregon.delivery.registry import channel_class
from pregon.library.errors import printable
from pregon.newsroom.errors import FolderChanged


class Command(BaseCommand):
    help = "Publica la carpeta de un acto: acto.md (datos y texto) y sus fotos."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="CARPETA", type=Path)
        parser.add_argument(
            "--wait", type=float, default=60, metavar="S", help="segundos que espera a que todo salga (60)"
        )
        parser.add_argument("--json", action="store_true", help="imprime un objeto JSON y nada más")

    def handle(self, *args: Any, **options: Any) -> None:
        head = User.objects.filter(is_superuser=True).order_by("pk").first()
        try:
            report = publishing.run(options["folder"], by=head, wait=options["wait"])
        except FolderChanged as changed:
            order = shlex.join(["pregon", "correct", str(changed.folder), "--home", str(settings.HOME.root)])
            raise CommandError(
                f'{changed} Para corregirlo a la vista de todos: {order} --change "qué cambió" --why "por qué".'
            ) from changed
        if options["json"]:
            self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False))
        else:
            for line in lines(report):
                self.stdout.write(line)
        for title in report.undeveloped:
            self.stderr.write(
                f"No se pudieron preparar las copias de la foto «{printable(title)}»: "
                "expórtala de nuevo como JPEG y corrige desde la carpeta."
            )
        for name in report.held_back:
            self.stderr.write(
                f"La foto «{printable(name)}» se queda en el álbum y no sale: "
                "escribe en acto.md su pie o su texto_alternativo."
            )
        if report.troubles:
            told = " ".join(f"{channel_class(kind).label}: {why}" for kind, why in report.troubles.items())
            raise CommandError(
                f"El boletín {report.bulletin.folio} ya está publicado, pero hay envíos que no pueden salir. {told} "
                "Esperan sin perderse: salen mientras «pregon up» esté encendido, y «pregon doctor» dice si siguen ahí."
            )


def lines(report: Report) -> list[str]:
    """The report as a person reads it."""
    facts = report.to_json()
    bulletin = report.bulletin
    if not report.new:
        known = f"boletín {bulletin.folio}" if bulletin.folio else "boletín programado"
        return [
            f"Esta carpeta ya se publicó como {known}; no se publicó nada dos veces.",
            f"  Boletín   {report.url or 'tendrá dirección cuando salga, con su número'}",
        ]
    if report.state == "scheduled":
        moment = bulletin.go_live_at.astimezone(Office.load().zone) if bulletin.go_live_at else None
        return [
            f"Queda embargado hasta {moment:%d/%m/%Y %H:%M}; sale solo a esa hora mientras «pregon up» esté encendido.",
            f"  Fotos     {report.photos}",
        ]
    told = [f"Publicado el boletín {bulletin.folio}: {bulletin.title}"]
    told.append(f"  Boletín   {report.url}{timing(report, 'page_ready')}")
    told.append(f"  Acto      {facts['act']['url']}")
    told.append(f"  Fotos     {report.photos}")
    for kind, tally in report.tallies.items():
        parts = [f"{tally.sent} de {tally.due}"]
        parts += [f"{tally.withheld} en ensayo"] if tally.withheld else []
        parts += [f"{tally.failed} fallaron"] if tally.failed else []
        parts += [f"{tally.waiting} por salir"] if tally.waiting else []
        told.append(f"  {channel_class(kind).label:<9} {', '.join(parts)}")
    told += [f"  Plan      {fact.indicator}: {fact.before} → {fact.after}" for fact in report.evidence]
    told.append(f"  Tiempo    {', '.join(f'{name} {value} s' for name, value in times(report))}")
    return told


def timing(report: Report, name: str) -> str:
    return (
        f"  ({report.seconds[name]} s)" if report.seconds.get(name) is not None else "  (todavía se prepara)"
    )


def times(report: Report) -> list[tuple[str, float]]:
    words = {
        "read": "leer",
        "published": "publicar",
        "page_ready": "página lista",
        "first_sent": "primer envío",
        "all_sent": "todos",
    }
    return [(words[name], value) for name, value in report.seconds.items() if value is not None]
