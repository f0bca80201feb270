"""``pregon``: the one entry point.

It finds the office (``--home`` or ``PREGON_HOME``) before any setting is read, hands the rest to a Django command of
the same name, and turns every error into one sentence and an exit code: 0 done, 1 not so, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pregon import __version__
from pregon.config import founding

COMMANDS = {
    "init": "prepara una oficina de verdad, vacía, con su titular",
    "demo": "prepara una oficina de muestra (mazamitla u ocotlan) y la enciende",
    "up": "enciende todo: sitio, escritorio, envíos y reloj",
    "publish": "publica la carpeta de un acto: acto.md y sus fotos",
    "correct": "corrige lo que ya se publicó desde una carpeta",
    "doctor": "dice qué le falta a esta instalación",
    "web": "solo el sitio y el escritorio",
    "worker": "solo un carril de trabajo",
    "clock": "solo el reloj",
}

HELP = "\n".join(
    [
        "pregon: la oficina de comunicación de un ayuntamiento, en un solo sistema.",
        "",
        "Uso: pregon ORDEN [--home CARPETA] [opciones]",
        "",
        *(f"  {name:<10} {what}" for name, what in COMMANDS.items()),
        "",
        "«pregon ORDEN --help» explica cada una. La carpeta de la oficina es ./var si no se dice otra.",
    ]
)


def take_home(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Split ``--home DIR`` (or ``--home=DIR``) from the rest. Raises ``ValueError`` when it names nothing."""
    home: str | None = None
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--home":
            home = next(waiting, "")
        elif argument.startswith("--home="):
            home = argument.removeprefix("--home=")
        else:
            rest.append(argument)
    if home == "":
        raise ValueError
    return home, rest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    try:
        home, rest = take_home(sys.argv[1:] if arguments is None else arguments)
    except ValueError:
        return complain("Después de --home va la carpeta de la oficina.", code=2)
    if not rest or rest[0] in {"-h", "--help", "help"}:
        print(HELP)
        return 0
    if rest[0] in {"--version", "version"}:
        print(f"pregon {__version__}")
        return 0
    if home is not None:
        os.environ["PREGON_HOME"] = str(Path(home).expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pregon.config.settings")
    return run(rest)


def run(arguments: Sequence[str]) -> int:
    """Hand over to Django, with our own way of saying what went wrong."""
    name, *rest = arguments
    if name in {"init", "demo"}:
        founding.prepare_home()
    if name in {"demo", "up"}:
        founding.keep_address(rest)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, ManagementUtility, load_command_class
    from django.db import DatabaseError

    from pregon.core.errors import PregonError

    try:
        if name not in COMMANDS:
            ManagementUtility(["pregon", *arguments]).execute()
            return 0
        import django

        django.setup()
        command = load_command_class("pregon.config", name)
        command._called_from_command_line = True
        parser = command.create_parser("pregon", name)
        options = vars(parser.parse_args(rest))
        return int(command.execute(*options.pop("args", ()), **options) or 0)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 1
    except KeyboardInterrupt:
        return complain("Interrumpido.", code=1)
    except (ImproperlyConfigured, PregonError, CommandError) as problem:
        return complain(str(problem), code=1)
    except DatabaseError as problem:
        return complain(explain_database(problem), code=1)
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        return complain(f"El sistema no dejó leer o escribir{where}: {problem.strerror or problem}.", code=1)


def explain_database(problem: Exception) -> str:
    """What a broken or unprepared database means for the person at the keyboard."""
    said = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
    if "no such table" in said or "does not exist" in said:
        return "Esta oficina no está preparada todavía: ejecuta «pregon init» con el mismo --home."
    if "disk is full" in said or "No space" in said:
        return "El disco está lleno: libera espacio y repite la orden; no se publicó nada a medias."
    return f"La base de datos no responde como debe: {said}. «pregon doctor» da más detalle."


def complain(sentence: str, *, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
