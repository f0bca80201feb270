"""What the site itself can tell a plan: since when a page stood, and how often pages were read."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Concat, TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from pregon.agenda.models import Act
from pregon.analytics.models import PageViews
from pregon.core.visibility import visible
from pregon.plan.contract import Kept, Missing, Question, Reading, Record
from pregon.plan.measures.agenda import acts_of
from pregon.plan.measures.common import ABOUT, done, missed
from pregon.plan.registry import measure
from pregon.website.enums import Baking
from pregon.website.models import BakedPage, PageVersion

#: How long before an act its page should stand, for people to make room for it.
AHEAD = timedelta(days=3)


@measure(
    "acts_announced_ahead",
    title=gettext_lazy("Actos avisados con tiempo"),
    how=gettext_lazy(
        "Actos públicos cuya página ya estaba en el sitio tres días antes de comenzar, entre los que ya comenzaron."
    ),
    parameters=ABOUT,
    reads=[Act, PageVersion],
)
def acts_announced_ahead(question: Question) -> Reading:
    versions = PageVersion.objects.filter(
        path=Concat(Value("/agenda/"), OuterRef("slug"), Value("/")), status=200
    )
    rows = (
        visible(acts_of(question), at=question.at)
        .annotate(stood=Subquery(versions.order_by("since").values("since")[:1]))
        .values_list("title", "slug", "start", "stood")
    )
    kept: list[Kept] = []
    missing: list[Missing] = []
    for title, slug, start, stood in rows:
        record = Record(when=question.day_of(start), title=title, url=f"/agenda/{slug}/")
        if stood and stood <= start - AHEAD:
            kept.append(done(record))
        else:
            missing.append(missed(question, record, _lateness(question, start, stood)))
    return Reading(unit=_("actos"), kept=tuple(kept), missing=tuple(missing))


@measure(
    "page_views",
    title=gettext_lazy("Vistas del sitio"),
    how=gettext_lazy(
        "Veces que alguien abrió una página del sitio; se cuentan por página y mes, sin saber quién, "
        "y los programas que recorren la red no cuentan."
    ),
    parameters=[],
    reads=[PageViews, BakedPage],
)
def page_views(question: Question) -> Reading:
    last = min(question.period.last, question.today)
    stands = BakedPage.objects.filter(path=OuterRef("path"), state=Baking.BAKED)
    rows = (
        PageViews.objects.filter(day__gte=question.period.first, day__lte=last)
        .annotate(month=TruncMonth("day"))
        .values("month", "path")
        .annotate(many=Sum("views"), latest=Max("day"), stands=Exists(stands))
        .order_by(F("latest").asc(), "path")
        .values_list("latest", "path", "many", "stands")
    )
    words = _("%(n)s vistas")
    return Reading(
        unit=_("vistas"),
        share=False,
        kept=tuple(
            done(
                Record(when=day, title=path, url=path, detail=words % {"n": many}, public=stands),
                many,
            )
            for day, path, many, stands in rows
        ),
    )


def _lateness(question: Question, start: datetime, stood: datetime | None) -> str:
    if stood is None:
        return _("Su página no llegó a estar en el sitio")
    days = (question.day_of(start) - question.day_of(stood)).days
    if days <= 0:
        return _("Se avisó el mismo día o después")
    if days >= AHEAD.days:
        return _("Se avisó %(days)s días antes, con menos horas") % {"days": days}
    return ngettext("Se avisó %(days)s día antes", "Se avisó %(days)s días antes", days) % {"days": days}
