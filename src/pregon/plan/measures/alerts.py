"""What was warned of, whether it was followed to its end, and whether the law's justification was written in time.

Drills are no alerts and are not counted.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.alerts.enums import MessageType, Status
from pregon.alerts.models import Alert, ExtraordinaryMessage
from pregon.core.visibility import visible
from pregon.plan.contract import Kept, Missing, Question, Reading, Record
from pregon.plan.measures.common import done, in_time, missed, narrowed, number_of
from pregon.plan.registry import measure


@measure(
    "alerts_issued",
    title=gettext_lazy("Alertas emitidas"),
    how=gettext_lazy(
        "Alertas reales que salieron; sus actualizaciones no cuentan aparte, ni los simulacros."
    ),
    parameters=["locality"],
    reads=[Alert],
)
def alerts_issued(question: Question) -> Reading:
    return number_of((record for record, _expires, _followed in _alerts(question)), unit=_("alertas"))


@measure(
    "alerts_followed_up",
    title=gettext_lazy("Alertas con seguimiento"),
    how=gettext_lazy(
        "Alertas reales a las que siguió una actualización o su cancelación, "
        "entre las que ya terminaron; ninguna debe apagarse en silencio."
    ),
    parameters=["locality"],
    reads=[Alert],
)
def alerts_followed_up(question: Question) -> Reading:
    kept: list[Kept] = []
    missing: list[Missing] = []
    for record, expires, followed in _alerts(question):
        if followed:
            kept.append(done(record))
        elif expires <= question.at:
            missing.append(missed(question, record, _("Terminó sin que nadie la actualizara")))
    return Reading(unit=_("alertas"), kept=tuple(kept), missing=tuple(missing))


@measure(
    "alerts_justified",
    title=gettext_lazy("Mensajes extraordinarios justificados"),
    how=gettext_lazy(
        "Mensajes de emergencia cuya justificación se escribió dentro del plazo, "
        "entre aquellos cuyo plazo ya pasó o ya la tienen."
    ),
    parameters=["locality"],
    reads=[Alert, ExtraordinaryMessage],
)
def alerts_justified(question: Question) -> Reading:
    messages = narrowed(
        in_time(ExtraordinaryMessage.objects.filter(alert__status=Status.ACTUAL), "sent_at", question),
        alert__localities__slug=question.scope.locality,
    )
    rows = messages.values_list(
        "sent_at", "due_on", "justified_at", "alert__headline", "alert__slug", "alert__thread__slug"
    )
    kept: list[Kept] = []
    missing: list[Missing] = []
    for sent_at, due_on, justified_at, headline, slug, first in rows:
        record = Record(when=question.day_of(sent_at), title=headline, url=f"/alertas/{slug or first}/")
        written = justified_at and justified_at <= question.at
        if written and question.day_of(justified_at) <= due_on:
            kept.append(done(record))
        elif written or due_on < question.today:
            lacks = _("Se justificó fuera de plazo") if written else _("Sin justificar")
            missing.append(missed(question, record, lacks))
    return Reading(unit=_("mensajes"), kept=tuple(kept), missing=tuple(missing))


def _alerts(question: Question) -> list[tuple[Record, Any, bool]]:
    """The real alerts of the period, when each expires as it was first told, and whether something followed it."""
    later = Alert.objects.filter(thread=OuterRef("pk"), sent__lte=question.at)
    first = visible(
        Alert.objects.filter(message_type=MessageType.ALERT, status=Status.ACTUAL), at=question.at
    )
    alerts = narrowed(in_time(first, "sent", question), localities__slug=question.scope.locality)
    rows = alerts.annotate(followed=Exists(later)).values_list(
        "sent", "headline", "slug", "event", "expires", "followed"
    )
    return [
        (
            Record(when=question.day_of(moment), title=headline, url=f"/alertas/{slug}/", detail=event),
            expires,
            followed,
        )
        for moment, headline, slug, event, expires, followed in rows
    ]
