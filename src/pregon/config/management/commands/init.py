"""``pregon init``: a real office, empty, with the person who heads it."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from pregon.accounts import actions as accounts
from pregon.accounts.models import Office, User
from pregon.config.building import build
from pregon.config.welcome import welcome_address
from pregon.core.errors import PregonError
from pregon.plan import actions as plans


class Command(BaseCommand):
    help = "Prepara una oficina de verdad, vacía. Pregunta lo que no se le dice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--plan", default="", metavar="NOMBRE|ARCHIVO", help="mazamitla, ocotlan o un archivo YAML"
        )
        parser.add_argument("--name", default="", help="nombre del municipio")
        parser.add_argument("--email", default="", help="correo de quien es titular")
        parser.add_argument(
            "--browser",
            action="store_true",
            help="no pregunta la contraseña: la pide el navegador la primera vez",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        build(at=now)
        if options["plan"]:
            plans.set_up_office(options["plan"])
            # One of our plans is of a year gone by; a file of the office's own says which year it is for.
            own = Path(options["plan"]).is_file()
            plans.load_plan(options["plan"], year=None if own else timezone.localtime(now).year, at=now)
        office = Office.load()
        if name := options["name"] or (office.municipality or self.ask("Municipio: ")):
            office.municipality = name
            office.save()
        if User.objects.filter(is_superuser=True).exists():
            self.stdout.write("La oficina está al día; su titular sigue siendo quien era.")
            return
        if options["browser"] or not (options["email"] or sys.stdin.isatty()):
            self.stdout.write(
                f"Abre {welcome_address()} con «pregon up» encendido para dar de alta a su titular."
            )
            return
        head = accounts.appoint_head(
            options["email"] or self.ask("Correo de quien es titular: "), password=self.password(), at=now
        )
        self.stdout.write(
            f"Listo: {head.email} ya puede entrar al escritorio. Enciende todo con «pregon up»."
        )

    def ask(self, question: str) -> str:
        if not sys.stdin.isatty():
            return ""
        return input(question).strip()

    def password(self) -> str:
        """From PREGON_HEAD_PASSWORD, or typed twice; never invented and never defaulted."""
        if given := os.environ.get("PREGON_HEAD_PASSWORD", ""):
            return given
        if not sys.stdin.isatty():
            raise CommandError(
                "Falta la contraseña de la persona titular: escríbela en PREGON_HEAD_PASSWORD, "
                "o usa --browser para darla de alta en el navegador."
            )
        for _ in range(3):
            first = getpass.getpass("Contraseña (10 caracteres o más): ")
            if first == getpass.getpass("Otra vez: "):
                return first
            self.stderr.write("No son iguales; escríbela de nuevo.")
        raise PregonError("Las contraseñas no coincidieron tres veces: vuelve a empezar cuando quieras.")
