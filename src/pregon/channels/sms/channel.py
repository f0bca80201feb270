"""Short messages over SMPP: many under way on one connection, each answered by its number.

SMPP knows no idempotency keys: a message that was submitted and not answered is in doubt. It knows no edits either: a
correction or a withdrawal is a new message that says so.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.sms import listening
from pregon.channels.sms.alphabet import DATA_CODING, Alphabet, room_in
from pregon.channels.sms.incoming import HEADED, arrival_in, is_receipt, report_in
from pregon.channels.sms.link import Link, Window
from pregon.channels.sms.number import MEXICO, e164
from pregon.channels.sms.smpp import Bind, Command, Short, Tag
from pregon.channels.sms.wording import Wording, worded
from pregon.core.http import Http
from pregon.delivery.contract import (
    Alone,
    Answer,
    Arrival,
    Batch,
    Channel,
    Limits,
    Options,
    Parcel,
    Preview,
    Price,
    Receipt,
    Report,
    option,
)
from pregon.delivery.errors import Misconfigured, Postponed, Rejected

#: Seconds between two looks at whether something was answered.
BEAT = 0.5
#: Type of number and numbering plan, as the sender is one or another.
SENDERS = {"international": (1, 1), "national": (2, 1), "short": (3, 0), "name": (5, 0), "unknown": (0, 0)}
SENDS = {
    "split": Command.BIND_TRANSMITTER,
    "transceiver": Command.BIND_TRANSCEIVER,
    "send": Command.BIND_TRANSMITTER,
}
LISTENS = {"split": Command.BIND_RECEIVER, "transceiver": Command.BIND_TRANSCEIVER}
NAMES = {Alphabet.GSM: gettext_lazy("alfabeto GSM"), Alphabet.UCS2: gettext_lazy("con acentos, UCS-2")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsOptions(Options):
    """How the provider is reached, what a segment costs, and how the office writes."""

    secret: ClassVar[frozenset[str]] = frozenset({"password"})

    host: str = option(
        gettext_lazy("Servidor SMPP"), gettext_lazy("Lo da el proveedor; por ejemplo, smpp.proveedor.mx.")
    )
    system_id: str = option(
        gettext_lazy("Usuario (system_id)"), gettext_lazy("Hasta 15 letras; lo da el proveedor.")
    )
    password: str = option(
        gettext_lazy("Contraseña"), gettext_lazy("Se guarda cifrada y no se vuelve a mostrar.")
    )
    port: int = option(
        gettext_lazy("Puerto"), gettext_lazy("2775 sin cifrado; con TLS, muchas veces 3550."), default=2775
    )
    tls: bool = option(
        gettext_lazy("Conexión cifrada (TLS)"),
        gettext_lazy("Márcalo siempre que el proveedor lo ofrezca."),
        default=False,
    )
    system_type: str = option(
        gettext_lazy("Tipo de sistema (system_type)"),
        gettext_lazy("Casi siempre vacío."),
        default="",
        seldom=True,
    )
    sender: str = option(
        gettext_lazy("Remitente"),
        gettext_lazy(
            "El número corto, el número completo o el nombre que el proveedor autorizó. Vacío: el suyo."
        ),
        default="",
    )
    sender_kind: str = option(
        gettext_lazy("Qué es el remitente"),
        gettext_lazy("Solo cámbialo si el proveedor lo pide."),
        default="auto",
        choices=[
            ("auto", gettext_lazy("Se deduce de cómo está escrito")),
            ("international", gettext_lazy("Un número con su país (TON 1, NPI 1)")),
            ("national", gettext_lazy("Un número nacional (TON 2, NPI 1)")),
            ("short", gettext_lazy("Un número corto (TON 3, NPI 0)")),
            ("name", gettext_lazy("Un nombre (TON 5, NPI 0)")),
            ("unknown", gettext_lazy("Sin decirlo (TON 0, NPI 0)")),
        ],
        seldom=True,
    )
    connection: str = option(
        gettext_lazy("Conexiones"),
        gettext_lazy(
            "Pide al proveedor cuatro al mismo tiempo: hasta tres envían, una por prioridad, y otra escucha."
        ),
        default="split",
        choices=[
            ("split", gettext_lazy("Una para enviar y otra para recibir (transmitter y receiver)")),
            ("transceiver", gettext_lazy("Todas envían y reciben (transceiver)")),
            ("send", gettext_lazy("Solo enviar: sin acuses ni respuestas")),
        ],
        seldom=True,
    )
    accents: str = option(
        gettext_lazy("Acentos"),
        gettext_lazy("El alfabeto de los SMS tiene ñ, é y ü, pero no á, í, ó ni ú."),
        default="plain",
        choices=[
            ("plain", gettext_lazy("Sin ellos: 160 letras por mensaje, «pabellon»")),
            ("kept", gettext_lazy("Con ellos: 70 letras por mensaje, «pabellón»")),
        ],
    )
    max_segments: int = option(
        gettext_lazy("Mensajes por boletín, a lo más"),
        gettext_lazy("Un texto largo se cobra como varios mensajes. El enlace siempre va entero."),
        default=2,
    )
    long_messages: str = option(
        gettext_lazy("Textos largos"),
        gettext_lazy("Solo cámbialo si el proveedor lo pide."),
        default="udh",
        choices=[
            ("udh", gettext_lazy("En partes que el teléfono une (UDH)")),
            ("payload", gettext_lazy("Enteros, el proveedor los parte (message_payload)")),
        ],
        seldom=True,
    )
    message_ids: str = option(
        gettext_lazy("Números de los acuses"),
        gettext_lazy("Si todo queda en «Enviado» y nada en «Entregado», prueba la otra forma."),
        default="same",
        choices=[
            ("same", gettext_lazy("Iguales a los del envío")),
            ("hexadecimal", gettext_lazy("El envío en hexadecimal y el acuse en decimal")),
        ],
        seldom=True,
    )
    country: str = option(
        gettext_lazy("Clave del país"),
        gettext_lazy("De los números que se escriben sin ella; México es 52."),
        default=MEXICO,
        seldom=True,
    )
    per_minute: int = option(
        gettext_lazy("Mensajes por minuto"),
        gettext_lazy("Los que permite el contrato, contando cada parte. Cero: sin límite."),
        default=0,
    )
    window: int = option(
        gettext_lazy("Mensajes sin respuesta al mismo tiempo"),
        gettext_lazy("La ventana que permite el proveedor: entre 1 y 100."),
        default=10,
        seldom=True,
    )
    price: str = option(
        gettext_lazy("Precio de cada mensaje"),
        gettext_lazy("Como 0.35; se muestra antes de enviar. Vacío: no se muestra nada."),
        default="",
    )
    currency: str = option(gettext_lazy("Moneda"), gettext_lazy("Tres letras, como MXN."), default="MXN")

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise Misconfigured(_("El puerto SMPP debe estar entre 1 y 65535."))
        if (
            len(self.system_id) > 15
            or len(self.password) > 64
            or len(self.system_type) > 12
            or len(self.sender) > 20
        ):
            raise Misconfigured(
                _(
                    "El usuario SMPP tiene hasta 15 letras, la contraseña 64, el tipo de sistema 12 y el remitente 20."
                )
            )
        if not all(
            value.isascii() for value in (self.system_id, self.password, self.system_type, self.sender)
        ):
            raise Misconfigured(_("Los datos SMPP se escriben sin acentos ni eñes."))
        if not 1 <= self.window <= 100 or not 1 <= self.max_segments <= 10 or self.per_minute < 0:
            raise Misconfigured(
                _(
                    "La ventana va de 1 a 100, los mensajes por boletín de 1 a 10 y los mensajes por minuto desde cero."
                )
            )
        if not re.fullmatch(r"[1-9][0-9]{0,2}", self.country):
            raise Misconfigured(_("La clave del país son de una a tres cifras, como 52."))
        if self.price:
            amount_in(self.price)
        for chosen, known in (
            (self.sender_kind, {"auto", *SENDERS}),
            (self.connection, set(SENDS)),
            (self.accents, {"plain", "kept"}),
            (self.long_messages, {"udh", "payload"}),
            (self.message_ids, {"same", "hexadecimal"}),
        ):
            if chosen not in known:
                raise Misconfigured(
                    _("«%(chosen)s» no es una de las opciones del canal SMS.") % {"chosen": chosen}
                )


class SmsChannel(Channel[SmsOptions]):
    """Short messages through the office's provider."""

    kind = "sms"
    label = "SMS"
    address_help = gettext_lazy("Un número con su país, como +52 33 1234 5678.")
    options_class = SmsOptions
    limits = Limits(batch=200)

    def __init__(self, options: SmsOptions, http: Http) -> None:
        super().__init__(options, http)
        self._link: Link | None = None

    # --- Contract ---

    @contextmanager
    def session(self) -> Iterator[None]:
        self._link = self._bound(SENDS[self.options.connection], listening=False)
        try:
            yield
        finally:
            if self._link is not None:
                self._link.leave()
                self._link = None

    def normalise(self, destination: str) -> str:
        return e164(destination, country=self.options.country)

    def preview(self, parcel: Parcel) -> Preview:
        wording, options = self._wording(parcel), self.options
        parts = len(wording.parts)
        told = _("%(parts)s SMS · %(units)s de %(room)s letras · %(alphabet)s") % {
            "parts": parts,
            "units": wording.units,
            "room": room_in(max(parts, 1), wording.alphabet),
            "alphabet": NAMES[wording.alphabet],
        }
        if price := self.price(parcel):
            told += f" · {price.amount} {price.currency}"
        if parts > options.max_segments:
            told += " · " + _("el enlace no cabe en menos")
        return Preview(subject=parcel.message.headline, text=f"{wording.text}\n\n[{told}]\n")

    def send(self, parcel: Parcel) -> Receipt:
        alone = Alone(parcel)
        try:
            self.send_batch(alone)
        except (Misconfigured, Postponed):
            if alone.said is None:  # a doubt is told before the trouble that it comes from
                raise
        return alone.receipt()

    def send_batch(self, batch: Batch) -> None:
        """As many under way as the window holds. What stops the channel is raised when all that left has its answer."""
        if self._link is None:
            with self.session():
                self.send_batch(batch)
            return
        window = Window(self._living(), size=self.options.window, hexadecimal=self._hexadecimal)
        left = True
        while (left and not window.in_trouble()) or not window.is_empty:
            if left and not window.in_trouble() and window.is_half_empty:
                left = self._hand_over(batch, window)
            else:
                answered(batch, window.answers(BEAT))
        if window.trouble is not None:
            raise window.trouble

    def _hand_over(self, batch: Batch, window: Window) -> bool:
        """Take as many as surely fit and submit them; False at the end of the batch."""
        answered(batch, window.answers(0))
        if window.in_trouble():
            return False
        taken = batch.take(max(1, window.room // self.options.max_segments))
        for parcel in taken:
            try:
                messages = self._messages(parcel)
            except Rejected as refusal:
                batch.answer(parcel, refusal)
                continue
            while not window.in_trouble() and not window.has_room(len(messages)):
                answered(batch, window.answers(BEAT))
            if window.in_trouble():
                return False
            answered(batch, window.hand_over(parcel, messages))
        return bool(taken)

    def check(self) -> str:
        try:
            link = self._bound(SENDS[self.options.connection], listening=False)
        except Postponed as problem:
            raise Misconfigured(str(problem)) from problem
        link.leave()
        return _("%(user)s en %(server)s") % {
            "user": self.options.system_id,
            "server": link.server or self.options.host,
        }

    def pace(self, destination: str) -> tuple[str, int] | None:
        """The contract's, which counts segments: as if every parcel took as many as it may."""
        if not self.options.per_minute:
            return None
        return self.options.host, max(1, self.options.per_minute // self.options.max_segments)

    def price(self, parcel: Parcel) -> Price | None:
        if not self.options.price:
            return None
        parts, each = len(self._wording(parcel).parts), amount_in(self.options.price)
        return Price(
            amount=parts * each,
            currency=self.options.currency,
            reason=_("%(parts)s SMS de %(each)s %(currency)s")
            % {"parts": parts, "each": each, "currency": self.options.currency},
        )

    def collect(self, cursor: str) -> Sequence[Arrival | Report]:
        command = LISTENS.get(self.options.connection)
        if command is None:
            return ()
        return listening.collect(
            self.options, cursor, open_link=lambda: self._bound(command, listening=True), read=self._read
        )

    # --- Connection ---

    def _bound(self, command: Command, *, listening: bool) -> Link:
        options = self.options
        who = Bind(system_id=options.system_id, password=options.password, system_type=options.system_type)
        return Link.bound(
            options.host, options.port, tls=options.tls, command=command, as_=who, listening=listening
        )

    def _living(self) -> Link:
        """The session's link; one that the server ended meanwhile is opened again."""
        link = self._link
        if link is None or not link.is_alive():
            link = self._link = self._bound(SENDS[self.options.connection], listening=False)
        return link

    @property
    def _hexadecimal(self) -> bool:
        return self.options.message_ids == "hexadecimal"

    def _read(self, short: Short, cursor: str) -> Arrival | Report | None:
        country = self.options.country
        if is_receipt(short):
            return report_in(short, cursor=cursor, country=country, hexadecimal=self._hexadecimal)
        return arrival_in(short, cursor=cursor, country=country)

    # --- The message ---

    def _wording(self, parcel: Parcel) -> Wording:
        return worded(parcel, most=self.options.max_segments, accents=self.options.accents == "kept")

    def _messages(self, parcel: Parcel) -> list[Short]:
        """One for each segment, or one for all. A receipt is asked for the last one."""
        wording = self._wording(parcel)
        parts = wording.parts
        if len(parts) == 1:
            return [self._short(parcel, wording, short_message=parts[0], receipt=True)]
        if self.options.long_messages == "payload":
            payload = ((int(Tag.MESSAGE_PAYLOAD), b"".join(parts)),)
            return [self._short(parcel, wording, tlvs=payload, receipt=True)]
        # The same number at every try: a phone that has some of the parts already joins them with the others.
        number = zlib.crc32(parcel.key.encode()) & 0xFF
        return [
            self._short(
                parcel,
                wording,
                esm_class=HEADED,
                short_message=bytes([5, 0, 3, number, len(parts), place]) + part,
                receipt=place == len(parts),
            )
            for place, part in enumerate(parts, start=1)
        ]

    def _short(
        self,
        parcel: Parcel,
        wording: Wording,
        *,
        receipt: bool,
        esm_class: int = 0,
        short_message: bytes = b"",
        tlvs: tuple[tuple[int, bytes], ...] = (),
    ) -> Short:
        ton, npi = SENDERS[sender_kind(self.options)]
        return Short(
            source_addr_ton=ton,
            source_addr_npi=npi,
            source_addr=self.options.sender.removeprefix("+"),
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=self.normalise(parcel.destination).removeprefix("+"),
            esm_class=esm_class,
            registered_delivery=int(receipt and self.options.connection in LISTENS),
            data_coding=DATA_CODING[wording.alphabet],
            short_message=short_message,
            tlvs=tlvs,
        )


def answered(batch: Batch, answers: Iterable[tuple[Parcel, Answer]]) -> None:
    for parcel, answer in answers:
        batch.answer(parcel, answer)


def sender_kind(options: SmsOptions) -> str:
    """What the sender is, by its looks, unless the office says."""
    sender = options.sender
    if options.sender_kind != "auto":
        return options.sender_kind
    if not sender:
        return "unknown"
    if not sender.removeprefix("+").isdecimal():
        return "name"
    return "international" if sender.startswith("+") or len(sender) > 8 else "short"


def amount_in(price: str) -> Decimal:
    try:
        amount = Decimal(price)
    except InvalidOperation as wrong:
        raise Misconfigured(_("El precio de cada SMS se escribe como 0.35.")) from wrong
    if not amount.is_finite() or not 0 <= amount < 1000:
        raise Misconfigured(_("El precio de cada SMS se escribe como 0.35."))
    return amount
