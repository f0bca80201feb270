"""What holds a part of a plan, and what would go with it: people learn it before they delete and not after."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model, Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.plan.models import Activity, Capture, Deviation, Indicator, Plan, Programme
from pregon.plan.queries.signed import standing_seals


def held(part: Model) -> str:
    """Why ``part`` cannot be deleted, as a sentence; empty where it can."""
    if isinstance(part, Plan):
        months = part.seals.values("month").distinct().count()
        signed = ngettext("%(count)s mes firmado", "%(count)s meses firmados", months) % {"count": months}
        said = _(
            "«%(part)s» no se borra: tiene %(signed)s, y lo firmado se conserva. Si sobra, cámbiale la clase."
        )
        return said % {"part": part, "signed": signed} if months else ""
    if isinstance(part, Programme | Indicator | Activity):
        written = _of(part)
        found = set(Capture.objects.filter(written).values_list("month", flat=True))
        found |= set(Deviation.objects.filter(written, at__isnull=False).values_list("month", flat=True))
        if closed := sorted(found & standing_seals(part.plan).keys()):
            return _(
                "«%(part)s» no se borra: lo que se escribió a mano de él ya está firmado (%(months)s). Abre de nuevo "
                "esos meses antes de borrarlo."
            ) % {"part": part, "months": ", ".join(str(MONTHS[month]).lower() for month in closed)}
    return ""


def goes_along(parts: Sequence[Model]) -> str:
    """What people wrote down that is lost with ``parts``, as a sentence; empty where nothing is."""
    figures = explanations = 0
    for part in parts:
        written = _of(part)
        figures += Capture.objects.filter(written).count()
        explanations += Deviation.objects.filter(written, at__isnull=False).count()
    told = [
        said % {"count": count}
        for count, said in (
            (figures, ngettext("%(count)s cifra capturada", "%(count)s cifras capturadas", figures)),
            (explanations, ngettext("%(count)s explicación", "%(count)s explicaciones", explanations)),
        )
        if count
    ]
    return (
        _("También se borra lo que se escribió a mano: %(told)s.") % {"told": " y ".join(told)}
        if told
        else ""
    )


def _of(part: Model) -> Q:
    """The rows that people wrote down of ``part``."""
    if isinstance(part, Indicator):
        return Q(indicator=part)
    if isinstance(part, Activity):
        return Q(activity=part)
    name = "programme" if isinstance(part, Programme) else "plan"
    return Q(**{f"indicator__{name}": part}) | Q(**{f"activity__{name}": part})
