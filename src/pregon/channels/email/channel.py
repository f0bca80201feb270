"""Speaks SMTP: one connection for a batch, one envelope for each receiver, and a name for every answer."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from typing import ClassVar, NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.email.address import bare, domain_of
from pregon.channels.email.conversation import Plain, Sealed
from pregon.channels.email.letter import Letter, letter_for
from pregon.core.http import Http
from pregon.delivery.contract import Channel, Limits, Options, Parcel, Preview, Receipt
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected, Unanswered

#: For each step of the conversation; the ten of a whole first delivery stay under the engine's patience.
SECONDS = 15
#: The server as such is out of reach: soon again, for nothing is lost and nobody is bothered.
SOON = timedelta(seconds=30)
NOT_SET_UP = "sin-configurar@localhost.localdomain"

# RFC 3463: no such mailbox, no such domain, bad syntax, mailbox moved, null MX, mailbox disabled.
GONE = re.compile(r"\b5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")


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

    def __post_init__(self) -> None:
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
    options_class = EmailOptions
    limits = Limits()

    def __init__(self, options: EmailOptions, http: Http) -> None:
        super().__init__(options, http)
        self._smtp: smtplib.SMTP | None = None
        self.sender = bare(options.sender_address or NOT_SET_UP)

    # --- Contract ---

    @contextmanager
    def session(self) -> Iterator[None]:
        self._smtp = self._connect()
        try:
            yield
        finally:
            self._hang_up()

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
        if self._smtp is None:
            with self.session():
                return self.send(parcel)
        destination, message_id = bare(parcel.destination), self._message_id(parcel)
        raw = self._letter(parcel).sealed(parcel, message_id=message_id)
        try:
            self._announce(destination)
            self._address(destination)
            self._hand_over(raw)
        except OSError as broken:  # every error of smtplib is one
            self._drop()
            self._out_of_reach(broken)
        return Receipt(reference=message_id)

    def check(self) -> str:
        try:
            with self.session():
                self._command("noop")
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

    def _hang_up(self) -> None:
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
            self._drop()

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _open(self) -> smtplib.SMTP:
        if self._smtp is None:
            self._smtp = self._connect()
        return self._smtp

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

    # --- The three steps of a delivery ---

    def _announce(self, destination: str) -> None:
        """MAIL FROM. A server that hung up between two parcels is called again, once."""
        code, said = self._mail_from(destination)
        if code in {0, 421}:
            self._drop()
            code, said = self._mail_from(destination)
        if code == 0:
            raise smtplib.SMTPServerDisconnected("Dropped twice.")
        if code >= 500:
            self._reset()
            raise Misconfigured(
                _("El servidor de correo no deja escribir a nombre de %(sender)s: %(said)s")
                % {"sender": self.sender, "said": said}
            )
        self._not_now(code, said, whole=True)

    def _mail_from(self, destination: str) -> tuple[int, str]:
        smtp, unicode = self._open(), not destination.isascii()
        if unicode and not smtp.has_extn("smtputf8"):
            raise Rejected(_("El servidor de correo no admite direcciones con acentos."))
        try:
            code, said = smtp.mail(self.sender, ["SMTPUTF8"] if unicode else [])
        except (smtplib.SMTPServerDisconnected, ConnectionError):
            return 0, ""
        return code, plain(said)

    def _address(self, destination: str) -> None:
        code, answer = self._open().rcpt(destination)
        said = plain(answer)
        if code >= 500:
            self._reset()
            if GONE.search(said):
                raise DestinationGone(_("El buzón no existe: %(said)s") % {"said": said})
            raise Rejected(_("El servidor de correo rechazó la dirección: %(said)s") % {"said": said})
        self._not_now(code, said, whole=False)

    def _hand_over(self, raw: bytes) -> None:
        """DATA. Once the last dot is on its way, silence means that nobody knows."""
        smtp = self._open()
        code, answer = smtp.docmd("data")
        if code == 354:
            smtp.send(re.sub(rb"(?m)^\.", b"..", raw) + b".\r\n")
            try:
                code, answer = smtp.getreply()
            except OSError as silence:
                self._drop()
                raise Unanswered(
                    _("La conexión con el servidor de correo se cortó antes de saber si aceptó el mensaje.")
                ) from silence
        said = plain(answer)
        if code >= 500:
            self._reset()
            raise Rejected(_("El servidor de correo rechazó el mensaje: %(said)s") % {"said": said})
        self._not_now(code, said, whole=False)

    def _not_now(self, code: int, said: str, *, whole: bool) -> None:
        if code < 300:
            return
        if code == 421:
            self._drop()
        else:
            self._reset()
        raise Postponed(
            _("El servidor de correo pidió esperar: %(said)s") % {"said": said},
            wait=timedelta(minutes=1) if whole or code == 421 else timedelta(minutes=5),
            whole=whole or code == 421,
        )

    def _reset(self) -> None:
        self._command("rset")

    def _command(self, name: str) -> None:
        """One whose answer does not matter; a connection that breaks here is opened again by the next parcel."""
        try:
            self._open().docmd(name)
        except OSError:
            self._drop()

    # --- The letter ---

    def _letter(self, parcel: Parcel) -> Letter:
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


def plain(answer: bytes) -> str:
    """What a server said, on one line and in letters that can be shown."""
    words = " ".join(answer.decode("utf-8", "replace").split())
    return "".join(letter for letter in words if letter.isprintable())[:200]
