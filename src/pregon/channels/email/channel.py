"""Speaks SMTP: how the office's server is reached, and what a parcel looks like as a letter.

The conversation itself stands in ``pipeline``.
"""

from __future__ import annotations

import atexit
import smtplib
import ssl
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.email import relays
from pregon.channels.email.address import bare, domain_of
from pregon.channels.email.conversation import SECONDS, Plain, Sealed, trust
from pregon.channels.email.dkim import Signer, signer_of
from pregon.channels.email.letter import Drawing, letter_for
from pregon.channels.email.options import EmailOptions
from pregon.channels.email.pipeline import Letter, Line, Post
from pregon.core.http import Http
from pregon.core.sealing import stamp
from pregon.delivery.contract import (
    Alone,
    Arrival,
    Batch,
    Channel,
    Heard,
    Limits,
    Manner,
    Notice,
    Parcel,
    Preview,
    Receipt,
    Report,
)
from pregon.delivery.errors import Misconfigured, Postponed

#: The server as such is out of reach: soon again, for nothing is lost and nobody is bothered.
SOON = timedelta(seconds=30)
NOT_SET_UP = "sin-configurar@localhost.localdomain"


class EmailChannel(Channel[EmailOptions]):
    """Mail through the office's own server."""

    kind = "email"
    label = "Correo"
    mark = "correo"
    manner = Manner.LETTER
    address_help = gettext_lazy("La dirección de una lista de correo de la oficina.")
    options_class = EmailOptions
    limits = Limits(batch=500)

    def __init__(self, options: EmailOptions, http: Http) -> None:
        super().__init__(options, http)
        self.sender = bare(options.sender_address or NOT_SET_UP)
        self.signer = self._signer()

    # --- Contract ---

    def normalise(self, destination: str) -> str:
        return bare(destination)

    def preview(self, parcel: Parcel) -> Preview:
        letter = self._letter(parcel)
        return Preview(
            subject=letter.subject,
            text=letter.read_text(parcel),
            html=letter.read_html(parcel),
            raw=self._raw(parcel),
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
        who = _("%(sender)s en %(host)s") % {"sender": self.sender, "host": self.options.host}
        if self.options.imap_host:
            self._mailbox.check(self.options)
            who = _("%(who)s, con los rebotes en %(host)s") % {"who": who, "host": self.options.imap_host}
        if self.signer is None:
            return who
        return _(
            "%(who)s. Para que la firma valga, en el DNS tiene que estar el registro TXT «%(name)s» con el valor "
            "«%(record)s»"
        ) % {"who": who, "name": self.signer.name, "record": self.signer.record}

    def collect(self, cursor: str) -> Sequence[Arrival | Report]:
        return self._mailbox.news(self.options, cursor) if self.options.imap_host else ()

    def hear(self, notice: Notice) -> Heard:
        return relays.heard(
            notice,
            service=self.options.relay_service,
            secret=self.options.relay_secret,
            at=datetime.now(UTC),
            http=self.http,
        )

    @property
    def _mailbox(self) -> ModuleType:
        from pregon.channels.email import (
            mailbox,
        )  # with its libraries it costs every start what few offices use

        return mailbox

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
        return Letter(
            parcel=parcel,
            sender=bare(self.options.bounce_address or self.sender),
            receiver=bare(parcel.destination),
            raw=self._raw(parcel),
            reference=self._message_id(parcel),
        )

    def _raw(self, parcel: Parcel) -> bytes:
        raw = self._letter(parcel).sealed(parcel, message_id=self._message_id(parcel))
        return self.signer.signed(raw) if self.signer else raw

    def _signer(self) -> Signer | None:
        if not self.options.dkim_key:
            return None
        domain = domain_of(bare(f"dkim@{self.options.dkim_domain or domain_of(self.sender)}"))
        return signer_of(domain=domain, selector=self.options.dkim_selector, pem=self.options.dkim_key)

    def _letter(self, parcel: Parcel) -> Drawing:
        return letter_for(
            parcel,
            sender_address=self.sender,
            sender_name=self.options.sender_name or parcel.message.sender,
            reply_to=bare(self.options.reply_to) if self.options.reply_to else "",
        )

    def _message_id(self, parcel: Parcel) -> str:
        """Told apart by its key; with a stamp, so that nobody writes a bounce of a letter that they never saw."""
        return f"<{parcel.key}.{stamp(parcel.key, purpose='email.message-id')}@{domain_of(self.sender)}>"


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
