"""A person's word on a line in doubt: it did arrive, or it shall be sent again. Nothing else leaves that state."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.accounts.models import User
from pregon.delivery.enums import State
from pregon.delivery.errors import DeliveryError
from pregon.delivery.models import Delivery, Dispatch

#: What is noted beside the line.
WORDS = {
    State.SENT: gettext_lazy("%(person)s confirmó que sí llegó."),
    State.DUE: gettext_lazy("%(person)s pidió enviarlo otra vez."),
}


def arrived(line: Delivery, *, by: User, at: datetime) -> Delivery:
    """The receiver has it."""
    return resolve(line, to=State.SENT, by=by, at=at)


def send_again(line: Delivery, *, by: User, at: datetime) -> Delivery:
    """It may go out a second time: the person took that upon themselves."""
    return resolve(line, to=State.DUE, by=by, at=at)


def resolve(line: Delivery, *, to: State, by: User, at: datetime) -> Delivery:
    """Two people answering at once do no harm: the second finds it answered."""
    if not settle(Delivery.objects.filter(pk=line.pk), to=to, by=by, at=at):
        raise DeliveryError(_("Ese envío ya no está en duda: alguien lo resolvió antes."))
    line.refresh_from_db()
    return line


def resolve_all(dispatch: Dispatch, channel: str, *, to: State, by: User, at: datetime) -> int:
    """The same word on every line of one channel that is in doubt; returns how many they were."""
    return settle(Delivery.objects.filter(dispatch=dispatch, channel=channel), to=to, by=by, at=at)


def settle(lines: QuerySet[Delivery], *, to: State, by: User, at: datetime) -> int:
    word = WORDS[to] % {"person": by}
    return lines.filter(state=State.UNCERTAIN).update(
        state=to,
        reason=word[:300],
        due_at=at,
        settled_at=None if to == State.DUE else at,
        lease_until=None,
        attempted_at=None,
    )
