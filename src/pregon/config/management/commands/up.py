"""``pregon up``: site, desk, workers and clock, supervised."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pregon.config import parts, supervisor
from pregon.config.building import refuse_old_database


class Command(BaseCommand):
    help = "Enciende todo: sitio, escritorio, envíos y reloj. Se apaga con Ctrl+C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parts.ask_for_port(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_old_database()
        supervisor.up(host=options["host"], port=options["port"])
