"""Verbs of the agenda."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from pregon.accounts.models import User
from pregon.agenda.enums import Product, Settlement
from pregon.agenda.models import Act, Coverage


@transaction.atomic
def settle(act: Act, *, product: Product, evidence: str, at: datetime) -> Coverage:
    """Mark ``product`` of ``act`` as covered by the piece at ``evidence``. The first piece counts; later ones change
    nothing. A product nobody had asked for is recorded as covered all the same: the work was done; and so is one
    that had been excused, whose excuse then falls away."""
    coverage, _ = Coverage.objects.select_for_update().get_or_create(act=act, product=product)
    if coverage.settlement == Settlement.COVERED:
        return coverage
    coverage.settlement = Settlement.COVERED
    coverage.settled_at = at
    coverage.evidence = evidence
    coverage.reason, coverage.signer = "", None
    coverage.save(update_fields=["settlement", "settled_at", "evidence", "reason", "signer"])
    return coverage


@transaction.atomic
def reopen(act: Act, *, evidence: str) -> int:
    """Give back to *due* every coverage that the piece at ``evidence`` had settled; returns how many."""
    settled = Coverage.objects.select_for_update().filter(
        act=act, evidence=evidence, settlement=Settlement.COVERED
    )
    coverages = list(settled)
    for coverage in coverages:  # one by one: whoever counts them hears of each
        coverage.settlement, coverage.settled_at, coverage.evidence = Settlement.DUE, None, ""
        coverage.save(update_fields=["settlement", "settled_at", "evidence"])
    return len(coverages)


@transaction.atomic
def excuse(coverage: Coverage, *, by: User, reason: str, at: datetime) -> Coverage:
    """Close a coverage that will not happen, with its reason and who signs. What was covered meanwhile stays so."""
    coverage = Coverage.objects.select_for_update().get(pk=coverage.pk)
    if coverage.settlement == Settlement.COVERED:
        return coverage
    coverage.settlement = Settlement.EXCUSED
    coverage.reason, coverage.signer, coverage.settled_at = reason.strip(), by, at
    coverage.full_clean(exclude=["act"])
    coverage.save(update_fields=["settlement", "reason", "signer", "settled_at"])
    return coverage
