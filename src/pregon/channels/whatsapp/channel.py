"""Writes from the office's number: freely for 24 hours after somebody wrote, with approved templates at any other time.

Nothing that was sent can be edited or deleted through the API, so a correction and a withdrawal answer the message.
A reference is the provider's number of the last message, «wamid.…».
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.fitting import GAP, as_read
from pregon.channels.graph import GraphOptions, Refused
from pregon.channels.photos import Uploads, file_of, seen_with, shown
from pregon.channels.whatsapp.cloud import PHOTO, WINDOW_CLOSED, Cloud
from pregon.channels.whatsapp.notices import heard, introduced
from pregon.channels.whatsapp.numbers import is_user, one_spelling
from pregon.channels.whatsapp.templates import TEXTS, components_of, fault_in, filled
from pregon.channels.whatsapp.wording import worded
from pregon.core.http import Http
from pregon.delivery.contract import (
    Channel,
    Heard,
    Limits,
    Notice,
    Parcel,
    Preview,
    Price,
    Receipt,
    Renewal,
    Token,
    option,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import Misconfigured, Rejected, Unanswered

WINDOW = timedelta(hours=24)
#: We stop writing freely a little early, for a message that comes late fails without a word at once.
MARGIN = timedelta(minutes=10)
FORMATS = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png"}
HEAVIEST = 5 * 1024 * 1024


def template_named(name: str, label: Any) -> str:
    words = gettext_lazy("Su nombre en el Administrador de WhatsApp.")
    given: str = option(label, words, default=name, seldom=True)
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppOptions(GraphOptions):
    """The number that speaks for the office, and its approved templates."""

    token: str = option(
        gettext_lazy("Clave de acceso"),
        gettext_lazy(
            "La de un usuario del sistema, que no vence. Se guarda cifrada y no se vuelve a mostrar."
        ),
    )
    phone_number_id: str = option(
        gettext_lazy("Identificador del número"),
        gettext_lazy("Está en Meta, WhatsApp, Configuración de la API; no es el número de teléfono."),
    )
    account_id: str = option(
        gettext_lazy("Identificador de la cuenta de WhatsApp Business"),
        gettext_lazy("Está junto al identificador del número."),
    )
    app_secret: str = option(
        gettext_lazy("Clave secreta de la app"),
        gettext_lazy(
            "Está en Meta, Configuración de la app, Básica: con ella se sabe que un aviso viene de Meta. "
            "Se guarda cifrada y no se vuelve a mostrar."
        ),
    )
    verify_token: str = option(
        gettext_lazy("Palabra de verificación"),
        gettext_lazy("La inventa la oficina y se escribe igual aquí y en Meta, al dar de alta los avisos."),
    )
    template_news: str = template_named("pregon_boletin", gettext_lazy("Plantilla de boletín"))
    template_photo: str = template_named("pregon_boletin_foto", gettext_lazy("Plantilla de boletín con foto"))
    template_correction: str = template_named("pregon_correccion", gettext_lazy("Plantilla de corrección"))
    template_withdrawal: str = template_named("pregon_retiro", gettext_lazy("Plantilla de retiro"))
    template_service: str = template_named("pregon_suscripcion", gettext_lazy("Plantilla de suscripción"))
    template_alert: str = template_named("pregon_alerta", gettext_lazy("Plantilla de alerta"))
    language: str = option(
        gettext_lazy("Idioma de las plantillas"),
        gettext_lazy("Con el que se registraron en Meta: es_MX es español de México."),
        default="es_MX",
        seldom=True,
    )
    rate: str = option(
        gettext_lazy("Precio de una plantilla"),
        gettext_lazy("El de la tarifa de Meta para la oficina, con punto decimal. Vacío: no se calcula."),
        default="",
    )
    currency: str = option(
        gettext_lazy("Moneda del precio"), gettext_lazy("Tres letras, como MXN o USD."), default="MXN"
    )

    def __post_init__(self) -> None:
        GraphOptions.__post_init__(self)
        for given in (self.phone_number_id, self.account_id):
            if given and not re.fullmatch(r"[0-9]{5,25}", given):
                raise Misconfigured(
                    _("Los identificadores de WhatsApp llevan solo cifras: cópialos de Meta.")
                )
        if self.price is None and self.rate:
            raise Misconfigured(_("El precio de una plantilla es una cantidad, como 0.62."))

    @property
    def price(self) -> Decimal | None:
        try:
            amount = Decimal(self.rate)
        except InvalidOperation:
            return None
        return amount if amount.is_finite() and amount >= 0 else None


class WhatsAppChannel(Channel[WhatsAppOptions]):
    """People who gave the office their number."""

    kind = "whatsapp"
    label = "WhatsApp"
    mark = "whatsapp"
    options_class = WhatsAppOptions
    limits = Limits(
        body=4096, caption=1024, fold=768, per_minute=4800, batch=160, at_once=20, uploads_picture=True
    )
    body, caption = 4096, 1024

    def __init__(self, options: WhatsAppOptions, http: Http) -> None:
        super().__init__(options, http)
        self._cloud = Cloud.over(http, options)
        self._uploads = Uploads(self.kind, options.api_base, options.phone_number_id)

    # --- Contract ---------------------------------------------------------------------------------------------

    def normalise(self, destination: str) -> str:
        return one_spelling(destination)

    def pace(self, destination: str) -> tuple[str, int]:
        """One message every six seconds to the same person, as documented."""
        return f"chat:{destination}", 10

    def preview(self, parcel: Parcel) -> Preview:
        """What the person reads; of a template, its approved text with the blanks filled."""
        freely = writes_freely(parcel)
        pictured = self._seen_with_photo(parcel) and (freely or self._takes_photo(parcel))
        picture = parcel.message.picture if pictured else None
        photo = [shown(picture)] if picture else []
        said = (
            self._worded(parcel, pictured=bool(picture)) if freely else filled(parcel, pictured=bool(picture))
        )
        read = GAP.join([*photo, said])
        return Preview(subject=parcel.message.headline, text=f"{read}\n", html=as_read(read))

    def send(self, parcel: Parcel) -> Receipt:
        if writes_freely(parcel):
            try:
                return self._write(parcel)
            except Refused as refusal:
                if refusal.code != WINDOW_CLOSED:
                    raise
        return self._fill(parcel)

    def price(self, parcel: Parcel) -> Price | None:
        amount = self.options.price
        if amount is None or writes_freely(parcel):
            return None
        name = self._template_for(parcel, pictured=self._seen_with_photo(parcel))
        reason = _("Plantilla «%(name)s», fuera de las 24 horas.") % {"name": name}
        return Price(amount=amount, currency=self.options.currency, reason=reason)

    def hear(self, notice: Notice) -> Heard:
        if notice.method == "GET":
            return introduced(notice, verify_token=self.options.verify_token)
        return heard(notice, app_secret=self.options.app_secret, phone_number_id=self.options.phone_number_id)

    def check(self) -> str:
        """Who we are, once every template is there, approved and shaped as we fill it."""
        us = self._asked(self.options.phone_number_id, fields="display_phone_number,verified_name")
        for name, kind, pictured in self._templates():
            self._check_template(name, kind, pictured=pictured)
        return f"{us.get('verified_name', '')} ({us.get('display_phone_number', '')})"

    def token(self) -> Token | None:
        return self._cloud.life()

    def renew(self) -> Renewal | None:
        return self._cloud.renewed(at=datetime.now(UTC))

    # --- Writing ----------------------------------------------------------------------------------------------

    def _write(self, parcel: Parcel) -> Receipt:
        """Freely, with the photo where WhatsApp takes it."""
        if media := self._media(parcel):
            image = {"id": media, "caption": self._worded(parcel, pictured=True)}
            try:
                return self._hand_over(parcel, {"type": "image", "image": image})
            except Refused as refusal:
                if refusal.code not in PHOTO:
                    raise
        text = {"body": self._worded(parcel, pictured=False), "preview_url": True}
        return self._hand_over(parcel, {"type": "text", "text": text})

    def _fill(self, parcel: Parcel) -> Receipt:
        """With the template that Meta approved for it."""
        media = self._media(parcel) if self._takes_photo(parcel) else ""
        name = self._template_for(parcel, pictured=bool(media))
        if not name:
            raise Misconfigured(
                _("A WhatsApp le falta el nombre de una plantilla: escríbelo en Envíos, Canales.")
            )
        template = {
            "name": name,
            "language": {"code": self.options.language},
            "components": components_of(parcel, media=media),
        }
        return self._hand_over(parcel, {"type": "template", "template": template}, template=name)

    def _hand_over(self, parcel: Parcel, content: dict[str, Any], *, template: str = "") -> Receipt:
        destination = self.normalise(parcel.destination)
        message = {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "biz_opaque_callback_data": parcel.key,
            "recipient" if is_user(destination) else "to": destination,
            **content,
        }
        if parcel.in_reply_to:
            message["context"] = {"message_id": parcel.in_reply_to}
        told = self._cloud.say(f"{self.options.phone_number_id}/messages", message, template=template)
        try:
            return Receipt(reference=str(told["messages"][0]["id"]))
        except (KeyError, IndexError, TypeError) as odd:
            raise Unanswered(_("WhatsApp contestó sin decir si tomó el mensaje.")) from odd

    def _worded(self, parcel: Parcel, *, pictured: bool) -> str:
        return worded(parcel, limit=self.caption if pictured else self.body, pictured=pictured)

    # --- Photo ------------------------------------------------------------------------------------------------

    def _media(self, parcel: Parcel) -> str:
        """The photo's number at WhatsApp, uploaded once a day; "" for none: the text never waits for a photo."""
        path = self._file(parcel)
        if path is None:
            return ""
        with self._uploads.turn(path) as known:
            if known is not None:
                return known
            media = self._upload(path)
            self._uploads.keep(path, media)
            return media

    def _upload(self, path: Path) -> str:
        try:
            file = (f"foto{path.suffix}", path.read_bytes(), FORMATS[path.suffix.lower()])
            return self._cloud.upload(f"{self.options.phone_number_id}/media", file=file)
        except (OSError, Refused):
            return ""

    def _file(self, parcel: Parcel) -> Path | None:
        return file_of(parcel.message.picture, formats=FORMATS, heaviest=HEAVIEST)

    def _seen_with_photo(self, parcel: Parcel) -> bool:
        return seen_with(parcel.message.picture, formats=FORMATS, heaviest=HEAVIEST)

    # --- Templates --------------------------------------------------------------------------------------------

    def _takes_photo(self, parcel: Parcel) -> bool:
        return parcel.message.kind == MessageKind.NEWS and bool(self.options.template_photo)

    def _template_for(self, parcel: Parcel, *, pictured: bool) -> str:
        if pictured and self._takes_photo(parcel):
            return self.options.template_photo
        named = {kind: name for name, kind, with_photo in self._templates() if not with_photo}
        return named.get(MessageKind(parcel.message.kind), "")

    def _templates(self) -> list[tuple[str, MessageKind, bool]]:
        """Each template's name, what it is for, and whether it has a photo; those without a name are not there."""
        named = [
            (self.options.template_news, MessageKind.NEWS, False),
            (self.options.template_photo, MessageKind.NEWS, True),
            (self.options.template_correction, MessageKind.CORRECTION, False),
            (self.options.template_withdrawal, MessageKind.WITHDRAWAL, False),
            (self.options.template_service, MessageKind.SERVICE, False),
            (self.options.template_alert, MessageKind.ALERT, False),
        ]
        return [each for each in named if each[0]]

    def _check_template(self, name: str, kind: MessageKind, *, pictured: bool) -> None:
        found = self._asked(
            f"{self.options.account_id}/message_templates",
            name=name,
            fields="name,status,language,components",
        )
        ours = [
            template
            for template in found.get("data", [])
            if (template.get("name"), template.get("language")) == (name, self.options.language)
        ]
        if not ours or ours[0].get("status") != "APPROVED":
            raise Misconfigured(
                _("La plantilla «%(name)s» no está aprobada en %(language)s: regístrala, o espera a Meta.")
                % {"name": name, "language": self.options.language}
            )
        if fault := fault_in(ours[0].get("components", []), TEXTS[kind], pictured=pictured):
            raise Misconfigured(
                _("La plantilla «%(name)s» no sirve. %(fault)s") % {"name": name, "fault": fault}
            )

    def _asked(self, path: str, **params: str) -> dict[str, Any]:
        """An answer to a question about ourselves: when it is refused, what we said of ourselves is wrong."""
        try:
            return self._cloud.get(path, **params)
        except Rejected as refusal:
            raise Misconfigured(str(refusal)) from refusal


def writes_freely(parcel: Parcel) -> bool:
    """Whether this person wrote to us so lately that no template is asked for."""
    heard_at = parcel.last_heard_at
    return heard_at is not None and datetime.now(UTC) - heard_at < WINDOW - MARGIN
