"""``pregon correct FOLDER``: what a published folder says now takes the place of what it said, in the open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pregon.accounts.models import Office, User
from pregon.newsroom import actions as newsroom


class Command(BaseCommand):
    help = "Corrige el boletín que salió de una carpeta, y avisa a quien recibió la versión anterior."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="CARPETA", type=Path)
        parser.add_argument("--change", required=True, help="qué cambió, en una frase que leerá el público")
        parser.add_argument("--why", required=True, help="por qué")

    def handle(self, *args: Any, **options: Any) -> None:
        correction = newsroom.correct_from(
            options["folder"],
            change=options["change"],
            reason=options["why"],
            by=User.objects.filter(is_superuser=True).order_by("pk").first(),
            zone=Office.load().zone,
            at=timezone.now(),
        )
        bulletin = correction.bulletin
        told = sum(correction.receivers.values())
        self.stdout.write(
            f"Corregido el boletín {bulletin.folio}; se avisa a {told} que lo habían recibido.\n"
            f"  {settings.BASE_URL}{bulletin.get_absolute_url()}"
        )
