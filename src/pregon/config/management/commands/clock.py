"""``pregon clock``: what happens by the hour, in the foreground."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from pregon.config import parts


class Command(BaseCommand):
    help = "Enciende solo el reloj."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        parts.keep_time()
