"""What can go wrong with an alert.

AlertError
├── BadArea          a polygon or circle that cannot be
├── NotReady         it cannot go out as it stands
├── Sealed           it went out: it is updated or cancelled, never edited
├── NotActive        only what holds can be updated or cancelled
├── NotTakenBack     only a real one that holds, or ended not long ago, can have been a drill
├── WrongWord        the word that a real one asks for is missing
├── OwnWord          the second person is another one
├── TooSoon          the others still have time to answer
├── Changed          it is not the text that the second person read
├── NotWaiting       nothing is asked of a second person
└── AnotherMode      a drill never turns real, nor the other way round
"""

from __future__ import annotations

from pregon.core.errors import PregonError


class AlertError(PregonError):
    """No se pudo hacer eso con la alerta."""


class BadArea(AlertError):
    """El área no es posible: revísala."""


class NotReady(AlertError):
    """La alerta no puede salir todavía."""


class Sealed(AlertError):
    """La alerta ya salió y no se edita: actualízala o cancélala."""


class NotActive(AlertError):
    """Esta alerta ya no está vigente: no hay nada que actualizar ni cancelar."""


class NotTakenBack(AlertError):
    """Solo de una alerta real vigente, o que terminó hace menos de una semana, se avisa que fue un simulacro."""


class WrongWord(AlertError):
    """Para enviar una alerta real escribe la palabra ALERTA."""


class OwnWord(AlertError):
    """La segunda persona tiene que ser otra: pide a alguien más que la confirme."""


class TooSoon(AlertError):
    """Todavía corre el tiempo para que conteste otra persona."""


class Changed(AlertError):
    """La alerta cambió desde que abriste esta página: léela otra vez antes de confirmarla."""


class NotWaiting(AlertError):
    """Esta alerta no espera a nadie: mira en qué va."""


class AnotherMode(AlertError):
    """Un simulacro nunca se vuelve alerta real, ni al revés: empieza otra."""
