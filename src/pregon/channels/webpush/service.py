"""Every answer of a push service has a name (RFC 8030, and what the services document beyond it).

Whoever subscribes names the push service, so an answer never speaks for more than the one subscription it came for:
a stranger's server must not be able to stop the channel. Only the services of the browsers themselves are believed
when they say that our signature is wrong.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from pregon.core.http import waiting
from pregon.core.http_pool import Reply
from pregon.delivery.contract import Receipt
from pregon.delivery.errors import DestinationGone, Misconfigured, Postponed, Rejected

OF_BROWSERS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    "notify.windows.com",
)
BUSY, IN_TROUBLE = timedelta(minutes=5), timedelta(minutes=1)


def named(reply: Reply, *, host: str, topic: str) -> Receipt:
    """The receipt of a message that was taken; raises the name of what it was answered otherwise."""
    headers = reply.headers
    match reply.status:
        case 200 | 201 | 202:
            return Receipt(reference=f"{topic} {headers.get('location', '')}".strip()[:300])
        case 404 | 410:
            raise DestinationGone(_("El navegador ya no recibe avisos: se dio de baja o venció."))
        case 413:
            raise Rejected(_("El aviso es demasiado grande para el navegador."))
        case 401 if is_of_browsers(host):
            raise Misconfigured(
                _(
                    "El servicio de %(host)s no acepta nuestra firma: revisa clave y contacto en Envíos, Canales."
                )
                % {"host": host}
            )
        case 403 if (
            is_of_browsers(host) and b"Jwt" in reply.content
        ):  # Apple's word for a signature or a contact that is bad
            raise Misconfigured(
                _(
                    "El servicio de %(host)s no acepta nuestra firma: escribe un contacto real en Envíos, Canales."
                )
                % {"host": host}
            )
        case 401 | 403:
            raise Rejected(_("El navegador se suscribió con otra clave: tiene que suscribirse de nuevo."))
        case 406 | 408 | 425 | 429:  # 406 is how Windows says that there are too many
            wait = waiting(headers.get("retry-after", ""), otherwise=BUSY)
            raise Postponed(_("El servicio de %(host)s pidió ir más despacio.") % {"host": host}, wait=wait)
        case status if status >= 500:
            wait = waiting(headers.get("retry-after", ""), otherwise=IN_TROUBLE)
            raise Postponed(
                _("El servicio de %(host)s tiene problemas; se intentará de nuevo.") % {"host": host},
                wait=wait,
            )
        case status:
            raise Rejected(
                _("El servicio de %(host)s no aceptó el aviso (%(status)s).")
                % {"host": host, "status": status}
            )


def is_of_browsers(host: str) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in OF_BROWSERS)
