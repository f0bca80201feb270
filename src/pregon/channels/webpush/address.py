"""Where a browser is reached: ``<endpoint>#<p256dh>.<auth>``, as its subscription gave the three."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from django.utils.translation import gettext as _

from pregon.channels.webpush.encryption import CURVE
from pregon.delivery.errors import Rejected

LONGEST = 1000
FORM = re.compile(
    r"(?P<scheme>https?)://(?P<place>(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)(?P<path>/[!$-;=?-Z\\_a-z~@]*)"
    r"#(?P<key>[\w-]{87})=?\.(?P<secret>[\w-]{22})(?:==)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """One subscription of one browser. ``origin`` is its push service."""

    origin: str
    endpoint: str
    key: bytes
    secret: bytes

    @classmethod
    def at(cls, address: str) -> Self:
        """Raises :class:`Rejected` for what has not the form of one."""
        found = FORM.fullmatch(address.strip())
        if found is None or len(address) > LONGEST:
            raise Rejected(
                _("Esa no es la dirección de un navegador: se suscribe solo, con el botón de la página.")
            )
        origin = f"{found['scheme']}://{found['place']}".lower()
        return cls(
            origin=origin,
            endpoint=origin + found["path"],
            key=base64.urlsafe_b64decode(found["key"] + "="),
            secret=base64.urlsafe_b64decode(found["secret"] + "=="),
        )

    @property
    def host(self) -> str:
        return self.origin.partition("://")[2]

    def check(self) -> Self:
        """Raises :class:`Rejected` for a key that is no point of the curve."""
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(CURVE, self.key)
        except ValueError as bad:
            raise Rejected(
                _("La clave de ese navegador no es válida: hay que suscribirlo de nuevo.")
            ) from bad
        return self

    def __str__(self) -> str:
        return f"{self.endpoint}#{unpadded(self.key)}.{unpadded(self.secret)}"


def bad_key() -> Rejected:
    return Rejected(_("La clave de ese navegador no es válida: hay que suscribirlo de nuevo."))


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
