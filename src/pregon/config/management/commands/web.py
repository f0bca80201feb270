"""``pregon web``: only the site and the desk, in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pregon.config import parts


class Command(BaseCommand):
    help = "Enciende solo el sitio y el escritorio."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parts.ask_for_port(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        with parts.listen(options["host"], options["port"]) as listening:
            parts.serve(listening)
