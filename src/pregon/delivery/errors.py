"""What can go wrong between us and a receiver.

DeliveryError
├── Rejected            the provider will not take this parcel: final
│   └── DestinationGone the address itself is no more: final, and it is suppressed from now on
├── Postponed(wait)     not now: try again after ``wait``; ``whole`` when nobody else would get through either
├── Unanswered          it was handed over and the answer got lost: nobody knows whether it went out
└── Misconfigured       our credentials or settings are wrong: nothing on this channel can leave until mended
"""

from __future__ import annotations

from datetime import timedelta

from pregon.core.errors import PregonError


class DeliveryError(PregonError):
    """El envío no salió."""


class Rejected(DeliveryError):
    """El proveedor rechazó el envío."""


class DestinationGone(Rejected):
    """La dirección ya no existe o dejó de recibir."""


class Postponed(DeliveryError):
    """El proveedor pidió esperar."""

    def __init__(
        self, message: str = "", *, wait: timedelta = timedelta(minutes=5), whole: bool = False
    ) -> None:
        super().__init__(message)
        self.wait = wait
        self.whole = whole


class Unanswered(DeliveryError):
    """Se entregó al proveedor y su respuesta se perdió: no se sabe si salió."""


class Misconfigured(DeliveryError):
    """El canal no está bien configurado: revisa sus datos de acceso en Envíos, Canales."""


class UnknownChannel(DeliveryError):
    """Ese canal no está instalado."""


class BadLink(DeliveryError):
    """El enlace no es válido o ya venció: vuelve a suscribirte y te mandamos uno nuevo."""


class NotTheOffices(DeliveryError):
    """Esa dirección es de una persona: escribe una que sea de la propia oficina."""


class BodyErased(DeliveryError):
    """El texto de este envío ya se borró, como manda el plazo de la oficina: quedan su título y su registro."""


class CalledOff(DeliveryError):
    """Este envío ya se canceló: lo que no había salido ya no sale."""


class BadRoster(DeliveryError):
    """Esta lista no se puede leer: guárdala como CSV o como libro de Excel (.xlsx) y súbela otra vez."""


class RosterMoved(DeliveryError):
    """Esta lista ya no es la que se revisó, o ya se importó: súbela y revísala otra vez."""
