"""What an office writes down about its mail: the server it sends through, its signature, and where bounces come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.email import relays
from pregon.channels.email.address import bare
from pregon.delivery.contract import Options, option
from pregon.delivery.errors import Misconfigured, Rejected

SERVER = re.compile(r"(?:[\w-]+\.)*[\w-]+\.?|[0-9a-f]*:[0-9a-f:.]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOptions(Options):
    """How the office's mail server is reached, and in whose name it writes."""

    secret: ClassVar[frozenset[str]] = frozenset({"password", "dkim_key", "imap_password", "relay_secret"})

    host: str = option(
        gettext_lazy("Servidor de salida (SMTP)"), gettext_lazy("Por ejemplo, smtp.municipio.gob.mx.")
    )
    sender_address: str = option(
        gettext_lazy("Correo desde el que se envía"),
        gettext_lazy("Quien recibe lo ve como remitente; el servidor tiene que dejar usarlo."),
    )
    sender_name: str = option(
        gettext_lazy("Nombre del remitente"), gettext_lazy("Vacío: el de la oficina."), default=""
    )
    reply_to: str = option(
        gettext_lazy("Correo para las respuestas"),
        gettext_lazy("Vacío: las respuestas llegan al correo desde el que se envía."),
        default="",
    )
    user: str = option(gettext_lazy("Usuario"), gettext_lazy("Muchas veces es el mismo correo."), default="")
    password: str = option(
        gettext_lazy("Contraseña"), gettext_lazy("Se guarda cifrada y no se vuelve a mostrar."), default=""
    )
    security: str = option(
        gettext_lazy("Cifrado"),
        gettext_lazy("Lo dice quien da el servicio de correo."),
        default="starttls",
        choices=[
            ("starttls", gettext_lazy("STARTTLS, el más común (puerto 587)")),
            ("tls", gettext_lazy("TLS desde el principio (puerto 465)")),
            ("none", gettext_lazy("Ninguno, solo dentro de la propia máquina o red")),
        ],
    )
    port: int = option(
        gettext_lazy("Puerto"), gettext_lazy("587 con STARTTLS, 465 con TLS, 25 sin cifrado."), default=587
    )

    connections: int = option(
        gettext_lazy("Conexiones a la vez"),
        gettext_lazy("Las que el servidor admite; con 10 salen unos mil correos por segundo."),
        default=10,
        seldom=True,
    )
    domain_pace: int = option(
        gettext_lazy("Correos por minuto a un mismo dominio"),
        gettext_lazy("0: sin límite. Sirve cuando un proveedor grande pide ir más despacio."),
        default=0,
        seldom=True,
    )

    dkim_key: str = option(
        gettext_lazy("Clave privada DKIM"),
        gettext_lazy(
            "El archivo PEM completo, si Pregón firma los correos. Vacía cuando ya los firma el servidor. "
            "Se guarda cifrada y no se vuelve a mostrar."
        ),
        default="",
        seldom=True,
    )
    dkim_selector: str = option(
        gettext_lazy("Selector DKIM"),
        gettext_lazy("El nombre del registro en el DNS; «Guardar y probar» lo muestra completo."),
        default="pregon",
        seldom=True,
    )
    dkim_domain: str = option(
        gettext_lazy("Dominio DKIM"),
        gettext_lazy("Vacío: el del correo desde el que se envía."),
        default="",
        seldom=True,
    )
    bounce_address: str = option(
        gettext_lazy("Correo para los rebotes"),
        gettext_lazy(
            "A donde otros servidores devuelven lo que no pudieron entregar. Vacío: el correo desde el que "
            "se envía."
        ),
        default="",
    )
    imap_host: str = option(
        gettext_lazy("Servidor del buzón de rebotes (IMAP)"),
        gettext_lazy("Por ejemplo, imap.municipio.gob.mx. Vacío: los rebotes no se leen."),
        default="",
    )
    imap_user: str = option(
        gettext_lazy("Usuario del buzón de rebotes"),
        gettext_lazy("Muchas veces es el mismo correo que recibe los rebotes."),
        default="",
    )
    imap_password: str = option(
        gettext_lazy("Contraseña del buzón de rebotes"),
        gettext_lazy("Se guarda cifrada y no se vuelve a mostrar."),
        default="",
    )
    imap_folder: str = option(
        gettext_lazy("Carpeta de los rebotes"),
        gettext_lazy("Solo se lee: ahí no se borra ni se marca nada."),
        default="INBOX",
        seldom=True,
    )
    imap_security: str = option(
        gettext_lazy("Cifrado del buzón de rebotes"),
        gettext_lazy("Lo dice quien da el servicio de correo."),
        default="tls",
        choices=[
            ("tls", gettext_lazy("TLS desde el principio, el más común (puerto 993)")),
            ("starttls", gettext_lazy("STARTTLS (puerto 143)")),
            ("none", gettext_lazy("Ninguno, solo dentro de la propia máquina o red")),
        ],
        seldom=True,
    )
    imap_port: int = option(
        gettext_lazy("Puerto del buzón de rebotes"),
        gettext_lazy("993 con TLS, 143 con STARTTLS o sin cifrado."),
        default=993,
        seldom=True,
    )
    relay_service: str = option(
        gettext_lazy("Servicio que avisa de los rebotes"),
        gettext_lazy("Solo si los correos salen por uno de estos. En él se pega /entrada/email/."),
        default="standard",
        choices=[
            ("standard", gettext_lazy("Ninguno, u otro con la firma Standard Webhooks")),
            ("ses", "Amazon SES"),
            ("brevo", "Brevo"),
            ("mailgun", "Mailgun"),
            ("postmark", "Postmark"),
            ("sendgrid", "SendGrid"),
        ],
        seldom=True,
    )
    relay_secret: str = option(
        gettext_lazy("Secreto para avisos de rebotes"),
        gettext_lazy(
            "Amazon SES: el ARN del tema de SNS. Mailgun: la «HTTP webhook signing key». SendGrid: la "
            "«Verification key». Brevo y Postmark: una contraseña de 24 letras o más, que va en la dirección. "
            "Otro: empieza con whsec_. Se guarda cifrado y no se vuelve a mostrar."
        ),
        default="",
        seldom=True,
    )

    def __post_init__(self) -> None:
        for host in filter(None, (self.host, self.imap_host)):
            named(host)
        if not 1 <= self.connections <= 50 or not 0 <= self.domain_pace <= 100_000:
            raise Misconfigured(
                _("Las conexiones del correo van de 1 a 50, y el ritmo por dominio de 0 a 100 000.")
            )
        if self.security not in {"none", "starttls", "tls"}:
            raise Misconfigured(_("La seguridad del correo debe ser «none», «starttls» o «tls»."))
        if self.imap_security not in {"none", "starttls", "tls"}:
            raise Misconfigured(_("La seguridad del buzón de rebotes debe ser «none», «starttls» o «tls»."))
        if not 0 < self.port < 65536 or not 0 < self.imap_port < 65536:
            raise Misconfigured(_("Los puertos del correo deben estar entre 1 y 65535."))
        for address in filter(None, (self.sender_address, self.reply_to, self.bounce_address)):
            ours(address)
        if self.dkim_domain:
            ours(f"dkim@{self.dkim_domain}")
        relays.check(self.relay_service, self.relay_secret)


def named(host: str) -> None:
    """What may be a server's name or its number."""
    try:
        spelled = host.encode("idna").decode()
    except UnicodeError:
        spelled = ""
    if not SERVER.fullmatch(spelled):
        raise Misconfigured(
            _("«%(host)s» no es el nombre de un servidor: escríbelo como smtp.municipio.gob.mx.")
            % {"host": host[:80]}
        )


def ours(address: str) -> None:
    """One of the office's own addresses: everybody must be able to write to it, also from an old server."""
    try:
        spelled = bare(address)
    except Rejected as bad:
        raise Misconfigured(str(bad)) from bad
    if not spelled.isascii():
        raise Misconfigured(
            _("«%(address)s» lleva letras con acento antes de la arroba, que muchos servidores no admiten.")
            % {"address": address[:80]}
        )
