"""``pregon worker --lane L``: one lane of work, in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from pregon.config import parts
from pregon.core.work import Lane


class Command(BaseCommand):
    help = "Enciende solo un carril de trabajo."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lane", required=True, choices=[lane.value for lane in Lane], help="cuál carril"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        parts.work(Lane(options["lane"]))
