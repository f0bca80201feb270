"""What the newsroom published: bulletins and how they came out, and every other kind of page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import BigIntegerField
from django.db.models.functions import Cast, Coalesce
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.documents import get_document_model
from wagtail.models import Page, ReferenceIndex

from pregon.accounts.models import Department
from pregon.agenda.models import Act
from pregon.core.remembering import remembered
from pregon.core.visibility import visible
from pregon.newsroom.models import (
    PIECES,
    Bulletin,
    Campaign,
    Correction,
    Episode,
    LiveBlog,
    Piece,
    Service,
    Video,
)
from pregon.plan.contract import Kept, Missing, Period, Question, Reading, Record, by_day
from pregon.plan.measures.common import (
    ABOUT,
    OF_A_PAGE,
    days_kept,
    done,
    in_days,
    in_time,
    narrowed,
    number_of,
    share_of,
)
from pregon.plan.measures.delivery import NEWS, sent
from pregon.plan.registry import measure

SITE = "site"
#: What a bulletin is read with: when it came out after its act, and what kind of act it tells.
BULLETINS = (Bulletin, Act)
A_DAY, PROMPTLY = timedelta(hours=24), timedelta(minutes=15)


class Issued(NamedTuple):
    """A bulletin that a citizen can read, as it came out."""

    pk: int
    moment: datetime
    record: Record
    has_photo: bool
    department: int | None


# --- Bulletins ----------------------------------------------------------------------------------------------


@measure(
    "bulletins_on_working_days",
    title=gettext_lazy("Boletines en días hábiles"),
    how=gettext_lazy(
        "Días hábiles con al menos un boletín publicado y vigente, entre los días hábiles transcurridos."
    ),
    parameters=ABOUT,
    reads=BULLETINS,
)
def bulletins_on_working_days(question: Question) -> Reading:
    working = [day for day in question.days if question.calendar.is_working(day)]
    return days_kept(
        question, working, by_day(published(question)), unit=_("días hábiles"), lacks=_("Sin boletín")
    )


@measure(
    "days_with_publication",
    title=gettext_lazy("Días con publicación"),
    how=gettext_lazy(
        "Días con algo publicado en el sitio, o en el canal que se nombra, entre los días transcurridos."
    ),
    parameters=["channel", *ABOUT],
    reads=[*BULLETINS, *NEWS],
)
def days_with_publication(question: Question) -> Reading:
    records = published(question) if question.scope.channel in {"", SITE} else taken(question)
    return days_kept(question, question.days, by_day(records), unit=_("días"), lacks=_("Sin publicación"))


@measure(
    "bulletins_published",
    title=gettext_lazy("Boletines publicados"),
    how=gettext_lazy("Boletines con folio que salieron en el periodo y siguen a la vista."),
    parameters=ABOUT,
    reads=BULLETINS,
)
def bulletins_published(question: Question) -> Reading:
    return number_of(published(question), unit=_("boletines"))


@measure(
    "bulletins_with_photos",
    title=gettext_lazy("Boletines con fotos"),
    how=gettext_lazy("Boletines publicados que llevan foto principal o álbum, entre los publicados."),
    parameters=ABOUT,
    reads=BULLETINS,
)
def bulletins_with_photos(question: Question) -> Reading:
    return _bulletins_that(question, lambda bulletin: bulletin.has_photo, lacks=_("Sin fotos"))


@measure(
    "bulletins_in_easy_reading",
    title=gettext_lazy("Boletines en lectura fácil"),
    how=gettext_lazy("Boletines publicados que llevan su versión de lectura fácil, entre los publicados."),
    parameters=ABOUT,
    reads=BULLETINS,
)
def bulletins_in_easy_reading(question: Question) -> Reading:
    easy = set(of_the_period(question).exclude(easy_reading="").values_list("pk", flat=True))
    return _bulletins_that(question, lambda bulletin: bulletin.pk in easy, lacks=_("Sin lectura fácil"))


@measure(
    "bulletins_within_a_day",
    title=gettext_lazy("Boletines antes de 24 horas"),
    how=gettext_lazy(
        "Boletines que salieron a más tardar 24 horas después de terminar su acto, "
        "entre los que cuentan un acto."
    ),
    parameters=ABOUT,
    reads=BULLETINS,
)
def bulletins_within_a_day(question: Question) -> Reading:
    telling = of_the_period(question).filter(act__isnull=False)
    over = dict(telling.values_list("pk", Coalesce("act__end", "act__start")))
    judged = [
        (bulletin.record, bulletin.moment <= over[bulletin.pk] + A_DAY)
        for bulletin in issued(question)
        if bulletin.pk in over
    ]
    return share_of(question, judged, unit=_("boletines"), lacks=_("Salió después de 24 horas"))


@measure(
    "bulletins_told_promptly",
    title=gettext_lazy("Boletines avisados en 15 minutos"),
    how=gettext_lazy(
        "Boletines que el canal que se nombra, o alguno si no se nombra ninguno, tomó a más tardar 15 minutos "
        "después de publicarse, entre los publicados."
    ),
    parameters=["channel", *ABOUT],
    reads=[*BULLETINS, *NEWS],
)
def bulletins_told_promptly(question: Question) -> Reading:
    label = Bulletin._meta.label_lower
    hours = sent(question, question.scope.channel)
    judged = []
    for bulletin in issued(question):
        told = hours.get(f"{label}/{bulletin.pk}")
        judged.append((bulletin.record, told is not None and told <= bulletin.moment + PROMPTLY))
    return share_of(question, judged, unit=_("boletines"), lacks=_("No se avisó en 15 minutos"))


@measure(
    "corrections_published",
    title=gettext_lazy("Correcciones publicadas"),
    how=gettext_lazy("Correcciones hechas a boletines ya publicados; cada una dice qué cambió y por qué."),
    parameters=ABOUT,
    reads=[*BULLETINS, Correction],
)
def corrections_published(question: Question) -> Reading:
    scope = question.scope
    corrections = narrowed(
        in_time(Correction.objects.all(), "at", question),
        bulletin__department__slug=scope.department,
        bulletin__act__kind=scope.kind,
        bulletin__localities__slug=scope.locality,
        bulletin__topics__slug=scope.topic,
    )
    about = Bulletin.objects.filter(pk__in=corrections.order_by().values("bulletin"))
    shown = set(visible(about, at=question.at).values_list("pk", flat=True))
    rows = corrections.values_list("at", "bulletin", "bulletin__title", "bulletin__slug", "change")
    return number_of(
        (
            Record(
                when=question.day_of(at),
                title=title,
                url=f"/boletines/{slug}/",
                detail=change,
                public=pk in shown,
            )
            for at, pk, title, slug, change in rows
        ),
        unit=_("correcciones"),
    )


@measure(
    "departments_heard",
    title=gettext_lazy("Dependencias con noticias"),
    how=gettext_lazy(
        "Dependencias vigentes con al menos un boletín suyo en el mes, entre todas; el año suma los meses. "
        "La que no tuvo ninguno falta cuando el mes termina."
    ),
    parameters=ABOUT,
    reads=[*BULLETINS, Department],
)
def departments_heard(question: Question) -> Reading:
    departments = dict(
        narrowed(Department.objects.filter(active=True), slug=question.scope.department).values_list(
            "pk", "name"
        )
    )
    first: dict[tuple[date, int | None], Record] = {}
    for bulletin in issued(question):
        if bulletin.department in departments:
            month = bulletin.record.when.replace(day=1)
            first.setdefault((month, bulletin.department), bulletin.record)
    silent = _("Sin boletín en %(month)s")
    missing = [
        Missing(
            when=month.last,
            title=name,
            detail=silent % {"month": date_format(month.last, "F").lower()},
            days_late=(question.today - month.last).days,
        )
        for month in _whole_months(question)
        for pk, name in departments.items()
        if (month.first, pk) not in first
    ]
    kept = tuple(done(record) for record in sorted(first.values(), key=lambda record: record.when))
    return Reading(unit=_("dependencias"), kept=kept, missing=tuple(missing))


def _whole_months(question: Question) -> Iterator[Period]:
    """The months of the period that are over. One that an office began in the middle of, it does not owe."""
    for day in question.period:
        if day.day == 1:
            month = Period.month(day.year, day.month)
            if month.last <= question.period.last and month.last < question.today:
                yield month


# --- What else is published ---------------------------------------------------------------------------------


@measure(
    "live_coverages",
    title=gettext_lazy("Coberturas en vivo"),
    how=gettext_lazy("Actos que se contaron minuto a minuto; cada uno cuenta el día en que se abrió."),
    parameters=ABOUT,
    reads=[LiveBlog, Act],
)
def live_coverages(question: Question) -> Reading:
    scope = question.scope
    blogs = narrowed(
        in_time(LiveBlog.objects.all(), "opened_at", question),
        act__department__slug=scope.department,
        act__kind=scope.kind,
        act__localities__slug=scope.locality,
        act__topics__slug=scope.topic,
    )
    shown = set(visible(blogs, at=question.at).order_by().values_list("pk", flat=True))
    return number_of(
        (
            Record(when=question.day_of(at), title=title, url=f"/en-vivo/{slug}/", public=pk in shown)
            for pk, at, title, slug in blogs.values_list("pk", "opened_at", "title", "slug")
        ),
        unit=_("coberturas"),
    )


@measure(
    "campaigns_published",
    title=gettext_lazy("Campañas publicadas"),
    how=gettext_lazy("Campañas con página propia que salieron en el periodo y siguen a la vista."),
    parameters=OF_A_PAGE,
    reads=[Campaign],
)
def campaigns_published(question: Question) -> Reading:
    return number_of(pieces(question, Campaign), unit=_("campañas"))


@measure(
    "podcast_episodes",
    title=gettext_lazy("Episodios del podcast"),
    how=gettext_lazy("Episodios que salieron en el periodo, con su transcripción, y siguen a la vista."),
    parameters=OF_A_PAGE,
    reads=[Episode],
)
def podcast_episodes(question: Question) -> Reading:
    return number_of(pieces(question, Episode), unit=_("episodios"))


@measure(
    "videos_published",
    title=gettext_lazy("Videos publicados"),
    how=gettext_lazy("Videos que salieron en el periodo, con sus subtítulos, y siguen a la vista."),
    parameters=OF_A_PAGE,
    reads=[Video],
)
def videos_published(question: Question) -> Reading:
    return number_of(pieces(question, Video), unit=_("videos"))


@measure(
    "recordings_published",
    title=gettext_lazy("Audio y video publicados"),
    how=gettext_lazy("Episodios y videos que salieron en el periodo y siguen a la vista."),
    parameters=OF_A_PAGE,
    reads=[Episode, Video],
)
def recordings_published(question: Question) -> Reading:
    both = [*pieces(question, Episode), *pieces(question, Video)]
    return number_of(sorted(both, key=lambda record: (record.when, record.url)), unit=_("grabaciones"))


@measure(
    "documents_published",
    title=gettext_lazy("Documentos publicados"),
    how=gettext_lazy(
        "Carteles, volantes, presentaciones y otros archivos que acompañan a los boletines, las campañas y las demás "
        "páginas a la vista; cada uno cuenta el día en que salió su página."
    ),
    parameters=OF_A_PAGE,
    reads=[Bulletin, *PIECES, get_document_model()],
)
def documents_published(question: Question) -> Reading:
    references = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        to_content_type=ContentType.objects.get_for_model(get_document_model()),
    )
    # Few kinds of page carry one, few pages of a kind do, and only of those is the body read.
    of_kinds = set(references.order_by().values_list("content_type", flat=True).distinct())
    carrying = references.annotate(page=Cast("object_id", BigIntegerField())).values("page")
    stand = set(get_document_model().objects.order_by().values_list("pk", flat=True)) if of_kinds else set()
    kept: list[Kept] = []
    kinds: list[type[Bulletin | Piece]] = [Bulletin, *PIECES]
    for kind in kinds:
        if ContentType.objects.get_for_model(kind).pk not in of_kinds:
            continue
        for page in pages_of(question, kind).filter(pk__in=carrying):
            if many := len(_attached(page) & stand):
                detail = ngettext("%(n)s documento", "%(n)s documentos", many) % {"n": many}
                when = question.day_of(page.first_published_at)
                record = Record(when=when, title=page.title, url=page.get_absolute_url(), detail=detail)
                kept.append(done(record, many))
    kept.sort(key=lambda each: (each.when, each.records[0].url))
    return Reading(unit=_("documentos"), share=False, kept=tuple(kept))


def _attached(page: Bulletin | Piece) -> set[int]:
    """The documents that ``page`` offers, apart from what is seen and heard on it."""
    blocks = [*page.body.raw_data, *(page.documents.raw_data if isinstance(page, Campaign) else ())]
    return {block["value"]["document"] for block in blocks if block["type"] in {"attachment", "document"}}


@measure(
    "services_reviewed",
    title=gettext_lazy("Trámites revisados"),
    how=gettext_lazy(
        "Trámites publicados cuya última revisión cae en el periodo: los datos los confirmó la dependencia."
    ),
    parameters=OF_A_PAGE,
    reads=[Service],
)
def services_reviewed(question: Question) -> Reading:
    scope = question.scope
    services = narrowed(
        in_days(visible(Service.objects.all(), at=question.at), "reviewed_on", question),
        department__slug=scope.department,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )
    return number_of(
        (
            Record(when=day, title=title, url=f"{Service.folder}{slug}/")
            for day, title, slug in services.values_list("reviewed_on", "title", "slug")
        ),
        unit=_("trámites"),
    )


# --- The rows behind them -----------------------------------------------------------------------------------


def published(question: Question) -> list[Record]:
    """Bulletins of the period that a citizen can read now: neither embargoed nor withdrawn."""
    return [bulletin.record for bulletin in issued(question)]


def issued(question: Question) -> list[Issued]:
    """The same with what else is asked about them."""
    return remembered(("issued", question.period, question.scope), lambda: _issued(question))


def _issued(question: Question) -> list[Issued]:
    # Thousands in a year: plain columns, which nothing has to be made of.
    rows = of_the_period(question).values_list(
        "pk", "first_published_at", "title", "slug", "number", "year", "cover", "album", "department"
    )
    # One folio's words for all.
    detail = _("Boletín %(folio)s")
    return [
        Issued(
            pk=pk,
            moment=moment,
            record=Record(
                when=question.day_of(moment),
                title=title,
                url=f"/boletines/{slug}/",
                detail=detail % {"folio": f"{number:03d}/{year}"},
            ),
            has_photo=bool(cover or album),
            department=department,
        )
        for pk, moment, title, slug, number, year, cover, album, department in rows
    ]


def of_the_period(question: Question) -> Any:
    """The rows of :func:`issued`, oldest first."""
    return in_time(bulletins_of(question), "first_published_at", question)


def taken(question: Question) -> list[Record]:
    """Bulletins that the channel asked about really took: a rehearsal in the sandbox is not a publication."""
    opens, closes = question.span
    days = {
        origin: question.day_of(moment)
        for origin, moment in sent(question, question.scope.channel).items()
        if opens <= moment < closes
    }
    rows = (
        bulletins_of(question)
        .filter(first_published_at__lt=closes)
        .order_by("first_published_at", "pk")
        .values_list("pk", "title", "slug", "number", "year")
    )
    label, detail = Bulletin._meta.label_lower, _("Boletín %(folio)s")
    return [
        Record(
            when=days[origin],
            title=title,
            url=f"/boletines/{slug}/",
            detail=detail % {"folio": f"{number:03d}/{year}"},
        )
        for pk, title, slug, number, year in rows
        if (origin := f"{label}/{pk}") in days
    ]


def bulletins_of(question: Question) -> Any:
    """Bulletins that a citizen can read now, of whatever day."""
    scope = question.scope
    return narrowed(
        visible(Bulletin.objects.all(), at=question.at),
        department__slug=scope.department,
        act__kind=scope.kind,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )


def pieces(question: Question, kind: type[Piece]) -> list[Record]:
    """Pages of one kind that came out in the period and that a citizen can read now."""
    detail = capfirst(str(kind._meta.verbose_name))
    rows = pages_of(question, kind).values_list("first_published_at", "title", "slug")
    return [
        Record(when=question.day_of(moment), title=title, url=f"{kind.folder}{slug}/", detail=detail)
        for moment, title, slug in rows
    ]


def pages_of(question: Question, kind: type[Bulletin | Piece]) -> Any:
    """The same as rows."""
    scope = question.scope
    return narrowed(
        in_time(visible(kind.objects.all(), at=question.at), "first_published_at", question),
        department__slug=scope.department,
        localities__slug=scope.locality,
        topics__slug=scope.topic,
    )


def _bulletins_that(question: Question, fulfil: Callable[[Issued], bool], *, lacks: str) -> Reading:
    judged = [(bulletin.record, fulfil(bulletin)) for bulletin in issued(question)]
    return share_of(question, judged, unit=_("boletines"), lacks=lacks)
