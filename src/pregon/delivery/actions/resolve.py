"""A person's word on a line in doubt: it did arrive, or it shall be sent again. Nothing else leaves that state."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.delivery.enums import State
from pregon.delivery.errors import DeliveryError
from pregon.delivery.models import Delivery


def arrived(line: Delivery, *, by: User, at: datetime) -> Delivery:
    """The receiver has it."""
    return resolve(line, to=State.SENT, word=_("%(person)s confirmó que sí llegó.") % {"person": by}, at=at)


def send_again(line: Delivery, *, by: User, at: datetime) -> Delivery:
    """It may go out a second time: the person took that upon themselves."""
    return resolve(line, to=State.DUE, word=_("%(person)s pidió enviarlo otra vez.") % {"person": by}, at=at)


def resolve(line: Delivery, *, to: State, word: str, at: datetime) -> Delivery:
    """Two people answering at once do no harm: the second finds it answered."""
    answered = Delivery.objects.filter(pk=line.pk, state=State.UNCERTAIN).update(
        state=to,
        reason=word[:300],
        due_at=at,
        settled_at=None if to == State.DUE else at,
        lease_until=None,
        attempted_at=None,
    )
    if not answered:
        raise DeliveryError(_("Ese envío ya no está en duda: alguien lo resolvió antes."))
    line.refresh_from_db()
    return line
