"""Takes in the plan that a document was understood as, once a person said that it is so."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pregon.accounts.models import User
from pregon.plan.actions.loading import check_measures, put_in
from pregon.plan.enums import DRAFT_STEPS, DraftState
from pregon.plan.errors import BrokenPlan, PlanClosed
from pregon.plan.importing import draft_of
from pregon.plan.models import Activity, Indicator, Plan, PlanDraft
from pregon.plan.queries import closed_plan
from pregon.plan.values import MeasureLine, OfficePart, PlanFile, PlanPart


def hand_in(content: bytes, *, name: str, by: User | None, at: datetime) -> PlanDraft:
    """Keep a document until a person confirms it; the same one handed in twice waits once.

    Raises :class:`BrokenPlan` for what cannot be read, and keeps nothing of it.
    """
    draft_of(content, name=name, year=timezone.localdate(at).year)
    draft, _created = PlanDraft.objects.get_or_create(
        digest=sha256(content).hexdigest(),
        state=DraftState.WAITING,
        defaults={"name": name[:200], "content": content, "by": by, "at": at},
    )
    return draft


@transaction.atomic
def load_draft(draft: PlanDraft, part: PlanPart, *, at: datetime, year: int | None = None) -> Plan:
    """Load ``part``, which a person made of ``draft``, with the dates of ``year``. A second press finds the plan that
    the first one loaded."""
    row = PlanDraft.objects.select_for_update().get(pk=draft.pk)
    if row.state == DraftState.LOADED and row.plan:
        return row.plan
    plan = take_in(part, at=at, year=year)
    settle(row, DraftState.LOADED, at=at, plan=plan)
    return plan


@transaction.atomic
def drop_draft(draft: PlanDraft, *, at: datetime) -> None:
    """Say that a document is no plan of ours. It stays with the others that were handed in."""
    row = PlanDraft.objects.select_for_update().get(pk=draft.pk)
    if row.state == DraftState.WAITING:
        settle(row, DraftState.DROPPED, at=at)


@transaction.atomic
def take_in(part: PlanPart, *, at: datetime, year: int | None = None) -> Plan:
    """Load what was understood of a document. A plan of the same key and year becomes this one, unless it has closed
    months: what was signed is signed of that plan. Hardly a document names a measure: what people chose stays."""
    check_measures(PlanFile(office=OfficePart(), plan=part))
    # Who closes a month holds the plan meanwhile: whoever replaces it waits, and sees the month closed.
    before = Plan.objects.select_for_update().filter(slug=f"{part.key}-{year or part.year}").first()
    if closed_plan(part.key, year or part.year):
        raise PlanClosed
    if before:
        part = part.measured_as(
            {row.code: measure_of(row) for row in before.indicators.exclude(measure="")},
            {row.description: measure_of(row) for row in before.activities.exclude(measure="")},
        )
    return put_in(part, at=at, year=year)


def measure_of(row: Indicator | Activity) -> MeasureLine:
    return MeasureLine(name=row.measure, parameters=row.parameters)


def settle(row: PlanDraft, state: DraftState, *, at: datetime, plan: Plan | None = None) -> None:
    if state not in DRAFT_STEPS[DraftState(row.state)]:
        raise BrokenPlan(_("Ese documento ya se había descartado: súbelo otra vez."))
    row.state, row.settled_at, row.plan = state, at, plan
    row.save(update_fields=["state", "settled_at", "plan"])
