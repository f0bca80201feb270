"""``pregon demo``: a furnished office, prepared and switched on with one command."""

from __future__ import annotations

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from pregon.accounts.models import User
from pregon.config.building import build
from pregon.config.demo.furnish import furnish
from pregon.config.publishing import Hands, spare_cores
from pregon.core.work import Lane, drain
from pregon.plan import actions as plans


class Command(BaseCommand):
    help = "Prepara una oficina de muestra a partir del plan de Mazamitla o de Ocotlán, y la enciende."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("office", nargs="?", default="mazamitla", choices=["mazamitla", "ocotlan"])
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--prepare", action="store_true", help="prepara y no enciende")

    def handle(self, *args: Any, **options: Any) -> None:
        office: str = options["office"]
        now = timezone.now()
        self.say("Preparando la base de datos y el sitio…")
        build(at=now)
        settings.HOME.sample.touch()
        plans.set_up_office(office)
        plans.load_plan(office, year=timezone.localtime(now).year, at=now)
        self.say("Amueblando la oficina con actos, fotos y boletines de muestra…")
        with Hands(spare_cores()) as hands:
            hands.begin()  # photos are developed beside the furnishing
            people = furnish(office, at=now, say=self.say)
            self.say("Revelando fotos y horneando páginas…")
            drain([Lane.PHOTOS], clock=timezone.now)
        drain([Lane.PAGES], clock=timezone.now)  # once every photo is there: no page is baked twice
        self.introduce(people)
        if not options["prepare"]:
            become_up(host=options["host"], port=options["port"])

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def introduce(self, people: dict[str, str]) -> None:
        """Passwords are made up for this home and shown only now."""
        if people:
            self.say("Para entrar al escritorio (estas contraseñas no se vuelven a mostrar):")
            for email, password in people.items():
                self.say(f"  {email}  {password}")
        else:
            head = User.objects.filter(is_superuser=True).order_by("pk").first()
            self.say(
                f"La oficina ya estaba amueblada; entra con {head.email if head else 'quien sea titular'}. "
                "Si no guardaste su contraseña, prepara otra muestra en otra carpeta con --home."
            )


def become_up(*, host: str, port: int) -> None:
    """Turn this process into ``pregon up``, begun anew: libvips has drawn and developed here in threads of its own,
    and a part forked from such a process would wait for them for ever at its first photo."""
    sys.stdout.flush()
    order = ["-P", "-m", "pregon.config.cli", "up", "--host", host, "--port", str(port)]
    os.execv(sys.executable, [sys.executable, *order])  # noqa: S606 - this very program
