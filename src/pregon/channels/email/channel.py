"""Speaks SMTP: how the office's server is reached, and what a parcel looks like as a letter.

The conversation itself stands in ``pipeline``.
"""

from __future__ import annotations

import atexit
import smtplib
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import ClassVar, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.email.address import bare, domain_of
from pregon.channels.email.conversation import Plain, Sealed
from pregon.channels.email.letter import Drawing, letter_for
from pregon.channels.email.pipeline import Letter, Line, Post
from pregon.core.http import Http
from pregon.delivery.contract import Alone, Batch, Channel, Limits, Options, Parcel, Preview, Receipt
from pregon.delivery.errors import Misconfigured, Postponed, Rejected

#: For each step of the conversation; the ten of a whole first delivery stay under the engine's patience.
SECONDS = 15
#: The server as such is out of reach: soon again, for nothing is lost and nobody is bothered.
SOON = timedelta(seconds=30)
NOT_SET_UP = "sin-configurar@localhost.localdomain"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions(Options):
    """How the office's mail server is reached, and in whose name it writes."""

    secret: ClassVar[frozenset[str]] = frozenset({"password"})

    host: str = field(
        metadata={
            "label": gettext_lazy("Servidor de salida (SMTP)"),
            "help": gettext_lazy("Por ejemplo, smtp.municipio.gob.mx."),
        }
    )
    sender_address: str = field(
        metadata={
            "label": gettext_lazy("Correo desde el que se envía"),
            "help": gettext_lazy("Quien recibe lo ve como remitente; el servidor tiene que dejar usarlo."),
        }
    )
    sender_name: str = field(
        default="",
        metadata={
            "label": gettext_lazy("Nombre del remitente"),
            "help": gettext_lazy("Vacío: el de la oficina."),
        },
    )
    reply_to: str = field(
        default="",
        metadata={
            "label": gettext_lazy("Correo para las respuestas"),
            "help": gettext_lazy("Vacío: las respuestas llegan al correo desde el que se envía."),
        },
    )
    user: str = field(
        default="",
        metadata={"label": gettext_lazy("Usuario"), "help": gettext_lazy("Muchas veces es el mismo correo.")},
    )
    password: str = field(
        default="",
        metadata={
            "label": gettext_lazy("Contraseña"),
            "help": gettext_lazy("Se guarda cifrada y no se vuelve a mostrar."),
        },
    )
    security: str = field(
        default="starttls",
        metadata={
            "label": gettext_lazy("Cifrado"),
            "help": gettext_lazy("Lo dice quien da el servicio de correo."),
            "choices": [
                ("starttls", gettext_lazy("STARTTLS, el más común (puerto 587)")),
                ("tls", gettext_lazy("TLS desde el principio (puerto 465)")),
                ("none", gettext_lazy("Ninguno, solo dentro de la propia máquina o red")),
            ],
        },
    )
    port: int = field(
        default=587,
        metadata={
            "label": gettext_lazy("Puerto"),
            "help": gettext_lazy("587 con STARTTLS, 465 con TLS, 25 sin cifrado."),
        },
    )

    connections: int = field(
        default=10,
        metadata={
            "label": gettext_lazy("Conexiones a la vez"),
            "help": gettext_lazy("Las que el servidor admite; con 10 salen unos mil correos por segundo."),
        },
    )
    domain_pace: int = field(
        default=0,
        metadata={
            "label": gettext_lazy("Correos por minuto a un mismo dominio"),
            "help": gettext_lazy("0: sin límite. Sirve cuando un proveedor grande pide ir más despacio."),
        },
    )

    def __post_init__(self) -> None:
        if not 1 <= self.connections <= 50 or not 0 <= self.domain_pace <= 100_000:
            raise Misconfigured(
                _("Las conexiones del correo van de 1 a 50, y el ritmo por dominio de 0 a 100 000.")
            )
        if self.security not in {"none", "starttls", "tls"}:
            raise Misconfigured(_("La seguridad del correo debe ser «none», «starttls» o «tls»."))
        if not 0 < self.port < 65536:
            raise Misconfigured(_("El puerto del correo debe estar entre 1 y 65535."))
        for address in filter(None, (self.sender_address, self.reply_to)):
            try:
                bare(address)
            except Rejected as bad:
                raise Misconfigured(str(bad)) from bad


class EmailChannel(Channel[EmailOptions]):
    """Mail through the office's own server."""

    kind = "email"
    label = "Correo"
    address_help = gettext_lazy("La dirección de una lista de correo de la oficina.")
    options_class = EmailOptions
    limits = Limits(batch=500)

    def __init__(self, options: EmailOptions, http: Http) -> None:
        super().__init__(options, http)
        self.sender = bare(options.sender_address or NOT_SET_UP)

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        return bare(destination)

    def preview(self, parcel: Parcel) -> Preview:
        letter = self._letter(parcel)
        return Preview(
            subject=letter.subject,
            text=letter.read_text(parcel),
            html=letter.read_html(parcel),
            raw=letter.sealed(parcel, message_id=self._message_id(parcel)),
            suffix=".eml",
        )

    def send(self, parcel: Parcel) -> Receipt:
        alone = Alone(parcel)
        self._post(alone, most=1)
        return alone.receipt()

    def send_batch(self, batch: Batch) -> None:
        self._post(batch, most=self.options.connections)

    def pace(self, destination: str) -> tuple[str, int] | None:
        if not self.options.domain_pace:
            return None
        return domain_of(destination).lower(), self.options.domain_pace

    def check(self) -> str:
        try:
            Line(self._connect()).hang_up()
        except Postponed as unreachable:
            raise Misconfigured(str(unreachable)) from unreachable
        return _("%(sender)s en %(host)s") % {"sender": self.sender, "host": self.options.host}

    # --- Connection ---

    def _connect(self) -> smtplib.SMTP:
        options = self.options
        # The name we greet with is the sender's domain: looking up our own can take many seconds.
        greeting = domain_of(self.sender)
        try:
            if options.security == "tls":
                smtp: smtplib.SMTP = Sealed(
                    options.host, options.port, local_hostname=greeting, timeout=SECONDS, context=trust()
                )
            else:
                smtp = Plain(options.host, options.port, local_hostname=greeting, timeout=SECONDS)
        except ssl.SSLError as refusal:
            self._insecure(refusal)
        except OSError as broken:
            self._out_of_reach(broken)
        try:
            if options.security == "starttls":
                smtp.starttls(context=trust())
            if options.user:
                smtp.login(options.user, options.password)
            smtp.ehlo_or_helo_if_needed()
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as refusal:
            smtp.close()
            self._insecure(refusal)
        except smtplib.SMTPAuthenticationError as refusal:
            smtp.close()
            if 400 <= refusal.smtp_code < 500:
                self._out_of_reach(refusal)
            raise Misconfigured(
                _("El servidor de correo no acepta el usuario o la contraseña: revísalos en Envíos, Canales.")
            ) from refusal
        except (OSError, ValueError) as broken:
            smtp.close()
            self._out_of_reach(broken)
        return smtp

    def _insecure(self, refusal: Exception) -> NoReturn:
        raise Misconfigured(
            _(
                "No hay conexión segura con el servidor de correo: revisa el nombre, el puerto y la seguridad en "
                "Envíos, Canales."
            )
        ) from refusal

    def _out_of_reach(self, broken: Exception) -> NoReturn:
        sentence = _("El servidor de correo «%(host)s» no contesta; se intentará de nuevo.")
        raise Postponed(sentence % {"host": self.options.host}, wait=SOON, whole=True) from broken

    def _post(self, batch: Batch, *, most: int) -> None:
        with spare_lines(self.options) as spare:
            Post(batch, connect=self._connect, written=self._written, most=most, spare=spare).send()

    # --- The letter ---

    def _written(self, parcel: Parcel) -> Letter:
        message_id = self._message_id(parcel)
        return Letter(
            parcel=parcel,
            sender=self.sender,
            receiver=bare(parcel.destination),
            raw=self._letter(parcel).sealed(parcel, message_id=message_id),
            reference=message_id,
        )

    def _letter(self, parcel: Parcel) -> Drawing:
        return letter_for(
            parcel,
            sender_address=self.sender,
            sender_name=self.options.sender_name or parcel.message.sender,
            reply_to=bare(self.options.reply_to) if self.options.reply_to else "",
        )

    def _message_id(self, parcel: Parcel) -> str:
        return f"<{parcel.key}@{domain_of(self.sender)}>"


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The system's certificates; reading them takes longer than writing ten letters."""
    return ssl.create_default_context()


_spare: defaultdict[EmailOptions, list[list[Line]]] = defaultdict(list)
_door = threading.Lock()


@contextmanager
def spare_lines(options: EmailOptions) -> Iterator[list[Line]]:
    """Open connections to this server that an earlier batch of this process left; nobody else has them meanwhile."""
    with _door:
        lines = _spare[options].pop() if _spare[options] else []
    try:
        yield lines
    finally:
        with _door:
            _spare[options].append(lines)


@atexit.register
def hang_up() -> None:
    """Close what is left open."""
    with _door:
        for line in (line for lines in _spare.values() for one in lines for line in one):
            line.hang_up()
        _spare.clear()
