"""``pregon doctor``: what is wrong with this installation, in sentences."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pregon.config.doctoring import examine


class Command(BaseCommand):
    help = "Revisa esta instalación y dice qué le falta; termina en 1 si algo está mal."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="imprime un objeto JSON y nada más")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = examine(at=timezone.now())
        ill = [finding for finding in findings if finding.ill]
        if options["json"]:
            told = {"ok": not ill, "findings": [{"ok": not f.ill, "sentence": f.sentence} for f in findings]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for finding in findings:
                self.stdout.write(f"{'✗' if finding.ill else '✓'} {finding.sentence}")
        if ill:
            raise SystemExit(1)
