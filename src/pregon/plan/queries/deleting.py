"""What holds a part of a plan, and what would go with it: people learn it before they delete and not after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Model, Q
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pregon.plan.models import Activity, Capture, Deviation, Indicator, Plan, Programme, Seal
from pregon.plan.queries.signed import signed_rows, standing_seals


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
        closings = standing_seals(part.plan)
        if closed := sorted((found & closings.keys()) | _told(part, closings)):
            return _(
                "«%(part)s» no se borra: lo que dice está firmado en %(months)s y se lee en el sitio. %(instead)s Si "
                "entró por error, abre antes de nuevo lo firmado."
            ) % {
                "part": part,
                "months": ", ".join(str(MONTHS[month]).lower() for month in closed),
                "instead": _instead(part),
            }
    return ""


def _told(part: Programme | Indicator | Activity, closings: Mapping[int, Seal]) -> set[int]:
    """The months in whose closing a line of ``part`` has a figure or an explanation."""
    lines = [*part.indicators.all(), *part.activities.all()] if isinstance(part, Programme) else [part]
    slugs = {line.slug for line in lines}
    return {
        month
        for month, seal in closings.items()
        for row in signed_rows(seal)
        if row["slug"] in slugs and (row["reading"] or row["deviations"])
    }


def _instead(part: Programme | Indicator | Activity) -> str:
    """How a plan says that ``part`` is no longer pursued."""
    if isinstance(part, Indicator):
        return _("Déjalo en el plan: si ya no se persigue, escríbelo en «Meta con palabras».")
    if isinstance(part, Activity):
        return _("Déjala en el plan: si ya no se hará, desmarca los meses que faltan.")
    return _("Déjalo en el plan: si ya no sigue, escríbelo en su descripción.")


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
