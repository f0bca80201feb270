"""Close a month of a plan: what it says is frozen with its records, signed, and hung on the chain.

A closed month is opened again only with a reason, and closing it once more keeps both. One person at a time holds a
plan's chain, so of two who close the same month the second is told so.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from pregon.accounts.enums import Role
from pregon.accounts.models import User
from pregon.plan.chain import NOTHING, canonical, cover, covered, digest_of
from pregon.plan.contract import Period
from pregon.plan.enums import SEAL_LOGGED, SealAct
from pregon.plan.errors import AlreadyClosed, MeasureFailed, MonthNotOver, NotClosed, ReasonMissing
from pregon.plan.models import Indicator, Plan, Seal
from pregon.plan.queries import (
    ActivitySheet,
    Asking,
    IndicatorSheet,
    explained,
    last_seal,
    plan_at,
    results_of,
    sheet_of,
)

SCHEMA = "pregon.plan.closing/1"
SHORTEST_REASON = 10


@transaction.atomic
def close_month(plan: Plan, month: int, *, by: User, at: datetime) -> Seal:
    """Freeze ``month`` as its records stand at ``at``.

    Raises :class:`MonthNotOver`, :class:`AlreadyClosed`, and :class:`MeasureFailed` when one of its questions cannot be
    answered: nothing is closed then.
    """
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    period = Period.month(plan.year, month)
    asking = Asking(plan, at=at)
    check_may_close(plan, month, today=asking.today)
    last = last_seal(plan, month)
    rows = [_row(row, period) for row in sheet_of(plan, asking).rows]
    if asking.failed:
        raise MeasureFailed(
            _("No se cerró nada. %(trouble)s") % {"trouble": next(iter(asking.failed.values()))}
        )
    said = {"rows": rows, "replaces": last.digest if last else None}
    seal = _hang(plan, month, SealAct.CLOSED, said, by=by, at=at)
    _tell_next_year(plan, at=at)
    return seal


def check_may_close(plan: Plan, month: int, *, today: date) -> None:
    """Raises :class:`MonthNotOver`, which says from when on, and :class:`AlreadyClosed`."""
    last_day = Period.month(plan.year, month).last
    if last_day >= today:
        opens = last_day + timedelta(days=1)
        raise MonthNotOver(
            _("%(month)s termina el %(last)s: se puede cerrar desde el %(day)s de %(next)s.")
            % {
                "month": month_named(plan, month),
                "last": last_day.day,
                "day": opens.day,
                "next": str(MONTHS[opens.month]).lower(),
            }
        )
    last = last_seal(plan, month)
    if last and last.act == SealAct.CLOSED:
        raise AlreadyClosed(
            _("%(month)s ya está cerrado. Para corregirlo, ábrelo de nuevo y escribe por qué.")
            % {"month": month_named(plan, month)}
        )


@transaction.atomic
def reopen_month(plan: Plan, month: int, *, reason: str, by: User, at: datetime) -> Seal:
    """Open a closed month again. Raises :class:`NotClosed` and :class:`ReasonMissing`."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    said = " ".join(reason.split())
    if len(said) < SHORTEST_REASON:
        raise ReasonMissing
    last = last_seal(plan, month)
    if last is None or last.act != SealAct.CLOSED:
        raise NotClosed(_("%(month)s no está cerrado.") % {"month": month_named(plan, month)})
    return _hang(plan, month, SealAct.REOPENED, {"reason": said, "opens": last.digest}, by=by, at=at)


def _tell_next_year(plan: Plan, *, at: datetime) -> None:
    """Write down what ``plan`` reached in the plan of the year after it, where that was begun before the last month
    was closed. What somebody wrote there stays."""
    following = plan_at(plan.key, plan.year + 1)
    if following is None:
        return
    waiting = following.indicators.filter(previous=None)
    reached = results_of(plan, at=at) if waiting.exists() else {}
    for indicator in waiting.filter(code__in=reached):
        indicator.previous = reached[indicator.code]
        indicator.save(update_fields=["previous"])


def month_named(plan: Plan, month: int) -> str:
    return capfirst(_("%(month)s de %(year)s") % {"month": MONTHS[month], "year": plan.year})


def role_of(user: User) -> str:
    """The first of their roles: a seal names the office that signs, and not the person."""
    held = set(user.groups.values_list("name", flat=True))
    roles = [role.value for role in Role if role.value in held]
    if roles:
        return roles[0]
    return Role.HEAD.value if user.is_superuser else ""


def _row(row: IndicatorSheet | ActivitySheet, period: Period) -> dict[str, Any]:
    """What one line of the plan says of the month, and where it stood against its target."""
    item = row.item
    reading = row.reading.within(period) if row.reading else None
    said: dict[str, Any] = {
        "slug": item.slug,
        "name": item.name,
        "measure": item.measure,
        "parameters": item.parameters,
        "reading": reading.as_signed() if reading else None,
        "deviations": explained(item, period.first.month),
    }
    if isinstance(item, Indicator):
        said |= {"target": None if item.target is None else str(item.target), "unit": item.unit}
    else:
        said["planned"] = item.months[period.first.month - 1]
    return said


def _hang(plan: Plan, month: int, act: SealAct, said: dict[str, Any], *, by: User, at: datetime) -> Seal:
    """The next link of the chain. Called with the plan's row held."""
    before = plan.seals.order_by("number").last()
    number = before.number + 1 if before else 1
    openings: dict[str, Any] = {}

    def nonce_of(text: str) -> str:
        # The same records are signed the same, and nobody outside can try out what a proof stands for.
        return salted_hmac(
            "pregon.plan.closing", f"{plan.slug}\n{number}\n{text}", algorithm="sha256"
        ).hexdigest()

    content = canonical(
        {
            "schema": SCHEMA,
            "plan": {"slug": plan.slug, "title": plan.title, "year": plan.year},
            "number": number,
            "act": act.value,
            "month": month,
            "at": at.isoformat(),
            "signer": {
                "role": role_of(by),
                "proof": cover({"user": by.get_username()}, openings, nonce_of=nonce_of),
            },
            "previous": before.digest if before else NOTHING,
            **covered(said, openings, nonce_of=nonce_of),
        }
    )
    seal = Seal.objects.create(
        plan=plan,
        number=number,
        act=act,
        month=month,
        content=content,
        digest=digest_of(content),
        openings=openings,
        by=by,
        at=at,
    )
    log(plan, SEAL_LOGGED[act], user=by, data={"number": number, "month": month, "digest": seal.digest})
    return seal
