"""What left on the channels, and whom it reached. Never a row for each receiver: a year may have millions.

The ledger keeps how many lines a dispatch has on each channel, and its index finds the few that did not arrive.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pregon.delivery.enums import MessageKind, State
from pregon.delivery.models import ChannelAccount, Delivery, Dispatch, Milestone, Subscriber
from pregon.delivery.registry import label_of
from pregon.plan.contract import Kept, Missing, Question, Reading, Record
from pregon.plan.measures.common import done, missed, narrowed
from pregon.plan.registry import measure

#: What was tried and did not arrive. What was only rehearsed, or called off, was never owed to anybody.
LOST = (State.FAILED, State.UNCERTAIN)
NEVER_OWED = (State.WITHHELD, State.SUPPRESSED, State.DUE, State.LEASED)
A_DAY = timedelta(days=1)
#: What of the ledger says when news was taken.
NEWS = (Dispatch, Delivery)


@measure(
    "messages_delivered",
    title=gettext_lazy("Avisos que llegaron"),
    how=gettext_lazy(
        "Mensajes de boletines que salieron hacia cada persona y cada canal, entre esos y los que fallaron "
        "o quedaron en duda; los de ensayo no cuentan."
    ),
    parameters=["channel"],
    reads=[Dispatch, Milestone, Delivery],
)
def messages_delivered(question: Question) -> Reading:
    lines = (
        Delivery.objects.filter(dispatch=OuterRef("dispatch"), channel=OuterRef("channel"))
        .order_by()
        .values("dispatch")
    )

    def many(*states: State) -> Coalesce:
        counted = lines.filter(state__in=states).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    opens, closes = question.span
    milestones = narrowed(
        Milestone.objects.filter(
            dispatch__kind=MessageKind.NEWS,
            dispatch__trial=False,
            dispatch__created_at__gte=opens,
            dispatch__created_at__lt=closes,
            dispatch__created_at__lte=question.at,
        ),
        channel=question.scope.channel,
    )
    rows = (
        milestones.annotate(lost=many(*LOST), idle=many(*NEVER_OWED))
        .order_by("dispatch__created_at", "dispatch", "channel")
        .values_list(
            "dispatch", "dispatch__created_at", "dispatch__headline", "channel", "total", "lost", "idle"
        )
    )
    desk = reverse("envios:index")
    kept: list[Kept] = []
    missing: list[Missing] = []
    for pk, moment, headline, channel, total, lost, idle in rows:
        # A line of the ledger names its receiver: it is opened on the desk and nowhere else.
        record = Record(
            when=question.day_of(moment),
            title=headline,
            url=f"{desk}{pk}/",
            detail=label_of(channel),
            public=False,
        )
        if (arrived := total - lost - idle) > 0:
            kept.append(done(record, arrived))
        if lost:
            detail = ngettext("%(n)s no llegó por %(channel)s", "%(n)s no llegaron por %(channel)s", lost)
            lacks = detail % {"n": lost, "channel": label_of(channel)}
            missing.append(missed(question, record, lacks, amount=lost))
    return Reading(unit=_("mensajes"), kept=tuple(kept), missing=tuple(missing))


@measure(
    "subscribers_gained",
    title=gettext_lazy("Suscriptores nuevos"),
    how=gettext_lazy(
        "Personas que confirmaron su suscripción en el periodo, aunque después se hayan dado de baja; "
        "se cuentan por día y canal, sin sus nombres."
    ),
    parameters=["channel"],
    reads=[Subscriber],
)
def subscribers_gained(question: Question) -> Reading:
    opens, closes = question.span
    people = narrowed(
        Subscriber.objects.filter(
            broadcast=False,
            confirmed_at__gte=opens,
            confirmed_at__lt=closes,
            confirmed_at__lte=question.at,
        ),
        channel=question.scope.channel,
    )
    rows = (
        people.annotate(day=TruncDate("confirmed_at", tzinfo=question.zone))
        .values("day", "channel")
        .annotate(n=Count("pk"))
        .order_by("day", "channel")
        .values_list("day", "channel", "n")
    )
    return Reading(
        unit=_("suscriptores"),
        share=False,
        kept=tuple(
            done(
                Record(
                    when=day,
                    title=ngettext("%(n)s suscriptor nuevo", "%(n)s suscriptores nuevos", n) % {"n": n},
                    url="/suscripcion/",
                    detail=label_of(channel),
                ),
                n,
            )
            for day, channel, n in rows
        ),
    )


def sent(question: Question, channel: str) -> Mapping[str, datetime]:
    """When ``channel``, or any when it is empty, first took each piece of news, by its origin.

    The hour of the first receiver stands for all: reading a year of every receiver's would cost seconds.
    """
    channels = (
        [channel] if channel else ChannelAccount.objects.order_by("kind").values_list("kind", flat=True)
    )
    first: dict[str, datetime] = {}
    # What came out in the last minutes of the period is asked for in the first ones after it.
    until = min(question.at, question.span[1] + A_DAY)
    news = Dispatch.objects.filter(kind=MessageKind.NEWS, created_at__lte=until)
    for kind in channels:
        hours = news.annotate(
            sent=_first_hour(kind, State.SENT, question.at),
            delivered=_first_hour(kind, State.DELIVERED, question.at),
        ).filter(Q(sent__isnull=False) | Q(delivered__isnull=False))
        for origin, *found in hours.order_by("pk").values_list("origin", "sent", "delivered"):
            earliest = min(moment for moment in found if moment)
            first[origin] = min(first.get(origin, earliest), earliest)
    return first


def _first_hour(channel: str, state: State, at: datetime) -> Subquery:
    """One state at a time, so that the index answers with its first line alone."""
    lines = Delivery.objects.filter(
        dispatch=OuterRef("pk"), channel=channel, state=state, settled_at__lte=at
    ).order_by("pk")
    return Subquery(lines.values("settled_at")[:1])
