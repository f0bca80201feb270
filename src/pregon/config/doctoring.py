"""What ``pregon doctor`` looks at, each check a question with a sentence for an answer."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import ngettext
from wagtail.models import Revision

from pregon.accounts.models import Office, User
from pregon.analytics.actions import NGINX, has_more, log_files
from pregon.config.building import pending_changes
from pregon.config.integrity import damage
from pregon.core.errors import PregonError
from pregon.delivery.enums import Mode, State
from pregon.delivery.health import alarms, dying
from pregon.delivery.models import ChannelAccount, Delivery
from pregon.delivery.registry import channel_class, options_from
from pregon.library.enums import Development
from pregon.library.models import Photo
from pregon.library.queries import strays
from pregon.plan.models import Plan
from pregon.plan.queries import chain_faults
from pregon.website.models import BakedPage, Broadcast
from pregon.website.queries import overdue

LATE = timedelta(minutes=10)
#: What pages that are open have not heard by then, they do not hear.
UNHEARD = timedelta(minutes=1)
#: No photo takes longer to come in.
ARRIVING = timedelta(hours=1)
#: Leases are written by one machine's clock and read by another's.
SAME_HOUR = timedelta(seconds=5)
ENOUGH_DISK = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One answer. ``ill`` findings make the exit code 1."""

    ill: bool
    sentence: str


Check = Callable[[datetime], Iterator[Finding]]


def examine(*, at: datetime) -> list[Finding]:
    """Every finding, in the order a person would look."""
    findings = [*home(at), *database(at)]
    if any(finding.ill for finding in findings):
        return findings  # the rest asks the database
    for check in (office, channels, work_waiting, site, live_pages, closings, views, machines, framework):
        findings.extend(check(at))
    return findings


def home(at: datetime) -> Iterator[Finding]:
    root = settings.HOME.root
    if not root.is_dir():
        yield Finding(True, f"No existe la carpeta {root}: prepárala con «pregon init --home {root}».")
        return
    for folder in (settings.HOME.media, settings.HOME.baked, settings.HOME.outbox):
        if not os.access(folder, os.W_OK):
            yield Finding(True, f"No se puede escribir en {folder}: revisa de quién es la carpeta.")
    if settings.HOME.secret.exists() and settings.HOME.secret.stat().st_mode & 0o077:
        yield Finding(
            True, f"La clave secreta la puede leer cualquiera: ejecuta «chmod 600 {settings.HOME.secret}»."
        )
    free = shutil.disk_usage(root).free
    if free < ENOUGH_DISK:
        yield Finding(
            True, f"Quedan {free // 1024 // 1024} MB libres en el disco: libera espacio antes de publicar."
        )
    else:
        yield Finding(False, f"La carpeta de la oficina es {root}, con {free // 1024**3} GB libres.")


def database(at: datetime) -> Iterator[Finding]:
    try:
        pending = pending_changes()
    except (DatabaseError, sqlite3.Error) as problem:
        reason = str(problem).partition("\n")[0].rstrip(".")
        yield Finding(True, f"La base de datos no responde: {reason}. Si es nueva, ejecuta «pregon init».")
        return
    if pending:
        lacks = ngettext("le falta %(count)s cambio", "le faltan %(count)s cambios", pending)
        lacking = lacks % {"count": pending}
        yield Finding(True, f"A la base de datos {lacking}: ejecuta «pregon init» para ponerla al día.")
        return
    if ill := damage():
        yield Finding(True, ill)
        return
    yield Finding(False, f"La base de datos ({connection.vendor}) está al día.")


def office(at: datetime) -> Iterator[Finding]:
    if not User.objects.filter(is_superuser=True, is_active=True).exists():
        yield Finding(True, "La oficina no tiene titular: ejecuta «pregon init» y sigue lo que dice.")
    town = Office.load()
    if not town.municipality:
        yield Finding(True, "Falta el nombre del municipio: escríbelo en el escritorio, en Oficina.")
    if not town.privacy_notice:
        yield Finding(False, "El aviso de privacidad es el general: conviene escribir el de la oficina.")
    if not settings.SECURE and "localhost" not in settings.BASE_URL and "127.0.0.1" not in settings.BASE_URL:
        yield Finding(
            True, f"El sitio se anuncia sin cifrar ({settings.BASE_URL}): pon https en PREGON_BASE_URL."
        )


def channels(at: datetime) -> Iterator[Finding]:
    alarmed = {alarm.kind: alarm.sentence for alarm in alarms(at)}
    for account in ChannelAccount.objects.filter(mode=Mode.LIVE):
        try:
            label = channel_class(account.kind).label
            options_from(account.kind, account.options)
        except (
            PregonError
        ) as problem:  # a channel no longer installed, options missing, or a key that changed
            yield Finding(True, str(problem))
            continue
        waiting = Delivery.objects.filter(channel=account.kind, state=State.DUE)
        # Each try puts its lines off, so that while the workers run none of them ever looks late.
        if account.kind in alarmed:
            yield Finding(True, alarmed[account.kind])
        elif account.trouble and waiting.exists():
            yield Finding(True, f"{label} no puede salir: {account.trouble}")
        elif waiting.filter(due_at__lt=at - LATE).exists():
            yield Finding(True, f"{label} tiene envíos atrasados: ningún trabajador los toma.")
        else:
            yield Finding(False, f"{label} está en vivo y al corriente.")
    for account, life in dying(at):
        yield Finding(life.tone == "bad", f"{channel_class(account.kind).label}: {life.sentence}")


def work_waiting(at: datetime) -> Iterator[Finding]:
    uncertain = Delivery.objects.filter(state=State.UNCERTAIN).count()
    if uncertain:
        said = ngettext(
            "Hay %(count)s envío en duda: dile al escritorio, en Envíos, si llegó.",
            "Hay %(count)s envíos en duda: dile al escritorio, en Envíos, si llegaron.",
            uncertain,
        )
        yield Finding(True, said % {"count": uncertain})
    failed = Photo.objects.filter(development=Development.FAILED).count()
    if failed:
        said = ngettext(
            "%(count)s foto no se pudo preparar: ábrela en el escritorio y súbela de nuevo.",
            "%(count)s fotos no se pudieron preparar: ábrelas en el escritorio y súbelas de nuevo.",
            failed,
        )
        yield Finding(True, said % {"count": failed})
    if lost := sum(1 for _path in strays(before=at - ARRIVING)):
        said = ngettext(
            "%(count)s original quedó sin foto por un corte: en media/original_images puedes borrarlo o "
            "subirlo de nuevo.",
            "%(count)s originales quedaron sin foto por un corte: en media/original_images puedes borrarlos o "
            "subirlos de nuevo.",
            lost,
        )
        yield Finding(False, said % {"count": lost})
    overdue = Revision.objects.filter(approved_go_live_at__lt=at - timedelta(minutes=1)).count()
    if overdue:
        said = ngettext(
            "%(count)s boletín pasó su hora sin salir: enciende el reloj con «pregon up».",
            "%(count)s boletines pasaron su hora sin salir: enciende el reloj con «pregon up».",
            overdue,
        )
        yield Finding(True, said % {"count": overdue})


def site(at: datetime) -> Iterator[Finding]:
    late = overdue(at - LATE)
    if late:
        said = ngettext(
            "%(count)s página espera hornearse desde hace más de diez minutos: enciende «pregon up».",
            "%(count)s páginas esperan hornearse desde hace más de diez minutos: enciende «pregon up».",
            late,
        )
        yield Finding(True, said % {"count": late})
    else:
        baked = BakedPage.objects.exclude(digest="").count()
        said = ngettext(
            "El sitio tiene %(count)s página horneada.", "El sitio tiene %(count)s páginas horneadas.", baked
        )
        yield Finding(False, said % {"count": baked})


def closings(at: datetime) -> Iterator[Finding]:
    """Whether the months that were signed are as they were signed."""
    whole = 0
    for plan in Plan.objects.all():  # one whose links are all gone still has them in its log
        if chain_faults(plan):
            yield Finding(
                True,
                f"La cadena de cierres de {plan} no está entera: ejecuta «pregon plan verify --plan {plan.slug}» y "
                "compara con un respaldo.",
            )
        else:
            whole += plan.seals.count()
    if whole:
        said = ngettext(
            "%(count)s cierre de mes está como se firmó.",
            "%(count)s cierres de mes están como se firmaron.",
            whole,
        )
        yield Finding(False, said % {"count": whole})


def live_pages(at: datetime) -> Iterator[Finding]:
    """Whether nginx takes what open pages shall hear, where it holds their readers."""
    if not settings.PREGON_HUB_URL:
        return
    if Broadcast.objects.filter(posted_at__isnull=True, at__lt=at - UNHEARD).exists():
        yield Finding(
            True,
            f"nginx no recibe en {settings.PREGON_HUB_URL} lo que oyen las páginas abiertas: revisa PREGON_HUB_URL "
            "y que corra con «deploy/nginx/live-door.conf».",
        )
    else:
        yield Finding(False, "nginx recibe lo que oyen las páginas abiertas.")


def views(at: datetime) -> Iterator[Finding]:
    """Whether what is read can be written down, read again, and is counted."""
    if not settings.PREGON_COUNT_VIEWS:
        yield Finding(False, "Las vistas del sitio no se cuentan: así lo dice PREGON_COUNT_VIEWS.")
        return
    folder = settings.HOME.views
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(
            True, f"No se pueden anotar las vistas en {folder}: revisa que exista y de quién es la carpeta."
        )
        return
    for place in (folder / NGINX, *log_files()):
        if (place.exists() or place.is_symlink()) and not os.access(place, os.R_OK):
            yield Finding(
                True,
                f"No se pueden leer las vistas en {place}: dale permiso al grupo con el que corre Pregón.",
            )
            return
    uncounted = [
        file for file in log_files() if file.stat().st_mtime < (at - LATE).timestamp() and has_more(file)
    ]
    if uncounted:
        yield Finding(
            True, "Hay vistas sin contar desde hace más de diez minutos: enciende el reloj con «pregon up»."
        )
    else:
        yield Finding(False, "Las vistas del sitio se cuentan, sin guardar de quién son.")


def machines(at: datetime) -> Iterator[Finding]:
    """What only an office on several machines can lack: one hour, and a broker with workers at every lane."""
    if connection.settings_dict["HOST"]:  # a server, which may stand elsewhere
        there = Office.objects.annotate(there=Now()).values_list("there", flat=True).get()
        ahead = (timezone.now() - there).total_seconds()
        if abs(ahead) > SAME_HOUR.total_seconds():
            yield Finding(
                True,
                f"El reloj de esta máquina y el de la base de datos difieren {abs(ahead):.0f} segundos: ponlos a la "
                "hora con chrony o systemd-timesyncd.",
            )
    if not settings.PREGON_QUEUE_URL:
        return
    from pregon.config import queueing  # needs Celery, which one machine does not

    try:
        workers = queueing.attended()
    except queueing.NO_ANSWER as problem:
        yield Finding(
            True,
            f"RabbitMQ no responde ({type(problem).__name__}): los trabajadores siguen por su cuenta y nada se "
            "pierde, pero enciéndelo o revisa PREGON_QUEUE_URL.",
        )
        return
    for lane in [lane for lane, hands in workers.items() if not hands]:
        yield Finding(
            True, f"Nadie atiende el carril {lane}: enciende «pregon worker --lane {lane}» en alguna máquina."
        )
    yield Finding(False, f"RabbitMQ responde, con {sum(workers.values())} trabajadores a la escucha.")


def framework(at: datetime) -> Iterator[Finding]:
    problems: list[Any] = checks.run_checks()
    for problem in problems:
        if problem.level >= checks.ERROR:
            yield Finding(True, f"{problem.msg} {problem.hint or ''}".strip())
