"""``pregon``: the one entry point.

It finds the office (``--home`` or ``PREGON_HOME``) before any setting is read, hands the rest to a Django command of
the same name, and turns every error into one sentence and an exit code: 0 done, 1 not so, 2 wrong usage.
"""

from __future__ import annotations

import contextlib
import errno
import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pregon import __version__
from pregon.config import founding

if TYPE_CHECKING:  # Django is imported when the home of its settings is known
    from django.core.management import BaseCommand

COMMANDS = {
    "init": "prepara una oficina de verdad, vacía, con su titular",
    "demo": "prepara una oficina de muestra (mazamitla u ocotlan) y la enciende",
    "up": "enciende todo: sitio, escritorio, envíos y reloj",
    "publish": "publica la carpeta de un acto: acto.md y sus fotos",
    "correct": "corrige lo que ya se publicó desde una carpeta",
    "subscribers": "importa una lista de suscriptores, o exporta la que hay",
    "plan": "dice cómo va el plan anual, cierra sus meses y los comprueba",
    "site": "hornea todo de nuevo, copia el sitio a una carpeta, dice cómo se veía",
    "doctor": "dice qué le falta a esta instalación",
    "web": "solo el sitio y el escritorio",
    "worker": "solo un carril de trabajo",
    "clock": "solo el reloj",
}

#: Those that stay up talk to a journal; the others answer a person, who gets one sentence and no log.
STAYING = {"demo", "up", "web", "worker", "clock"}

HELP = "\n".join(
    [
        "pregon: la oficina de comunicación de un ayuntamiento, en un solo sistema.",
        "",
        "Uso: pregon ORDEN [--home CARPETA] [opciones]",
        "",
        *(f"  {name:<12} {what}" for name, what in COMMANDS.items()),
        "",
        "«pregon ORDEN --help» explica cada una. La carpeta de la oficina es ./var si no se dice otra.",
    ]
)


#: What argparse says, in the words of this office. The command's own help follows each.
USAGE = (
    (r"the following arguments are required: (.+)", "Falta {0}"),
    (r"unrecognized arguments: (.+)", "No se entiende «{0}»"),
    (r"argument (.+?): expected one argument", "Después de {0} va un valor"),
    (r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)", "«{1}» no sirve, elige entre {2}"),
    (r"argument (.+?): invalid .+? value: '(.*)'", "«{1}» no sirve para {0}"),
)

#: What Django offers to every command and nobody in an office needs to read.
BACKSTAGE = (
    "--version",
    "--verbosity",
    "--settings",
    "--pythonpath",
    "--traceback",
    "--no-color",
    "--force-color",
    "--skip-checks",
)


class WrongUsage(Exception):
    """The order was not written as it should be: exit code 2."""


def take_home(arguments: Sequence[str]) -> tuple[str | None, list[str]]:
    """Split ``--home DIR`` (or ``--home=DIR``) from the rest. Raises :class:`WrongUsage` when it names nothing."""
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
        if home is not None and (not home.strip() or home.startswith("-")):
            raise WrongUsage("Después de --home va la carpeta de la oficina.")
    return home, rest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter shows «?» in its place
            stream.reconfigure(errors="replace")
    try:
        return obey(given)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except WrongUsage as problem:
        return complain(str(problem), code=2)
    except KeyboardInterrupt:
        return complain("Interrumpido.", code=1)
    except (
        Exception
    ) as problem:  # the last door before a person: what nobody foresaw is told in one sentence too
        if "--traceback" in given:
            raise
        return complain(explain(problem), code=1)


def obey(arguments: Sequence[str]) -> int:
    home, rest = take_home(arguments)
    if not rest or rest[0] in {"-h", "--help", "help"}:
        print(HELP)
        return 0
    if rest[0] in {"--version", "version"}:
        print(f"pregon {__version__}")
        return 0
    if home is not None:
        os.environ["PREGON_HOME"] = str(Path(home).expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pregon.config.settings")
    name, *options = rest
    return run(name, options) if name in COMMANDS else lend_to_django(name, options)


def run(name: str, arguments: Sequence[str]) -> int:
    """One of our own commands."""
    if {"-h", "--help"}.isdisjoint(arguments):
        if name in {"init", "demo"}:
            founding.prepare_home()
        if name in {"demo", "up"}:
            founding.keep_address(arguments)
    else:
        founding.lend_key()
    import django
    from django.core.management import load_command_class

    django.setup()
    command = load_command_class("pregon.config", name)
    options = understand(command, name, arguments)
    with contextlib.nullcontext() if name in STAYING else log_apart():
        return int(command.execute(*options.pop("args", ()), **options) or 0)


def understand(command: BaseCommand, name: str, arguments: Sequence[str]) -> dict[str, Any]:
    """What is asked of ``command``, whatever order its words and options stand in. Raises :class:`WrongUsage`."""
    from django.core.management import CommandError

    from pregon.config.helping import in_spanish

    command.suppressed_base_arguments = {*command.suppressed_base_arguments, *BACKSTAGE}
    parser = command.create_parser("pregon", name, add_help=False)
    in_spanish(parser)
    parser.add_argument("-h", "--help", action="help", help="muestra esta ayuda")
    # Help that is asked for among mixed words would leave these out.
    helps = not {"-h", "--help"}.isdisjoint(arguments)
    try:
        return vars((parser.parse_args if helps else parser.parse_intermixed_args)(list(arguments)))
    except CommandError as problem:
        raise WrongUsage(explain_usage(name, str(problem))) from problem


@contextlib.contextmanager
def log_apart() -> Iterator[None]:
    """Keep the log in a file of the home meanwhile; a disk without room for it is no reason to fail."""
    root, loud = logging.getLogger(), [one for one in logging.getLogger().handlers if one.name == "stderr"]
    kept = RotatingFileHandler(
        founding.office_home().run / "registro.txt",
        maxBytes=1_000_000,
        backupCount=1,
        encoding="utf-8",
        delay=True,
    )
    if loud:
        kept.setFormatter(loud[0].formatter)
    before, logging.raiseExceptions = logging.raiseExceptions, False
    for handler in loud:
        root.removeHandler(handler)
    root.addHandler(kept)
    try:
        yield
    finally:
        root.removeHandler(kept)
        kept.close()
        for handler in loud:
            root.addHandler(handler)
        logging.raiseExceptions = before


def lend_to_django(name: str, arguments: Sequence[str]) -> int:
    """A command of Django or Wagtail (``migrate``, ``shell``…), in Django's own way."""
    import django
    from django.core import management
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        if name in management.find_commands(management.__path__[0]):
            raise
        raise WrongUsage(
            f"«{name}» no es una orden de pregon, o pide una oficina ya preparada con «pregon init»; "
            "«pregon --help» dice las que hay."
        ) from problem
    if name not in management.get_commands():
        raise WrongUsage(f"«{name}» no es una orden de pregon: «pregon --help» dice las que hay.")
    management.ManagementUtility(["pregon", name, *arguments]).execute()
    return 0


def explain_usage(name: str, said: str) -> str:
    """What argparse found wrong, as a sentence."""
    advice = f"«pregon {name} --help» explica cómo se usa."
    for pattern, words in USAGE:
        if found := re.search(pattern, said):
            return f"{words.format(*found.groups())}; {advice}"
    return f"No se entiende lo que sigue a «pregon {name}»; {advice}"


def explain(problem: Exception) -> str:
    """What went wrong, for the person at the keyboard."""
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError
    from django.db import DatabaseError

    from pregon.core.errors import PregonError

    match problem:
        case ImproperlyConfigured() | PregonError() | CommandError():
            return str(problem)
        case DatabaseError():
            return explain_database(problem)
        case OSError():
            return explain_system(problem)
        case _:
            return set_down(problem)


#: What the system says no with, and what a person can do about it.
SYSTEM = {
    errno.EACCES: "No hay permiso para leer o escribir{0}: da permiso a quien ejecuta pregon y repite la orden.",
    errno.EPERM: "No hay permiso para leer o escribir{0}: da permiso a quien ejecuta pregon y repite la orden.",
    errno.EROFS: "El disco es de solo lectura{0}: móntalo para escribir y repite la orden.",
    errno.ENOSPC: "El disco está lleno{0}: libera espacio y repite la orden.",
    errno.EDQUOT: "Se acabó el espacio que te toca en el disco{0}: libera espacio y repite la orden.",
    errno.ENOENT: "No se encuentra lo que hace falta{0}: revisa la ruta y repite la orden.",
    errno.ENAMETOOLONG: "El nombre es demasiado largo{0}: ponle uno más corto y repite la orden.",
    errno.EIO: "El disco falla al leer o escribir{0}: cópialo todo a otro y repite la orden.",
    errno.EADDRINUSE: "El puerto está ocupado: elige otro con --port y repite la orden.",
}


def explain_system(problem: OSError) -> str:
    """What the system refused."""
    name = str(problem.filename) if problem.filename else ""
    shown = "".join(sign for sign in name if sign.isprintable())[-200:]
    where = f" ({shown})" if shown else ""
    if sentence := SYSTEM.get(problem.errno or 0):
        return sentence.format(where)
    return f"El sistema no dejó leer o escribir{where}: {problem.strerror or problem}."


def explain_database(problem: Exception) -> str:
    """What a broken or unprepared database means for the person at the keyboard."""
    said = str(problem).strip().splitlines()[0] if str(problem).strip() else type(problem).__name__
    if "no such table" in said or "does not exist" in said:
        return "Esta oficina no está preparada todavía: ejecuta «pregon init» con el mismo --home."
    if "disk I/O error" in said:
        return "El disco está lleno o falla: libera espacio, o cambia de disco, y repite la orden."
    if "disk is full" in said or "No space" in said:
        return "El disco está lleno: libera espacio y repite la orden; no se publicó nada a medias."
    return f"La base de datos no responde como debe: {said}. «pregon doctor» da más detalle."


def set_down(problem: Exception) -> str:
    """Keep the traceback of a fault of ours in the home, where a person may send it from."""
    kept = founding.office_home().run / "falla.txt"
    told = f"Falló algo que nadie había previsto ({type(problem).__name__})"
    try:
        kept.write_text("".join(traceback.format_exception(problem)), encoding="utf-8")
        kept.chmod(0o600)
    except OSError:
        return f"{told}: repite la orden con --traceback para ver el detalle."
    return f"{told}: el detalle quedó en {kept}, para quien mantiene el sistema."


def complain(sentence: str, *, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
