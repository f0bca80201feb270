"""In which order and under which headings a report is told: the office's own way, and those of the two documents that
town halls already know. A layout is a row of parts, and adding one is adding a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.plan.contract import PERCENT, Missing, written
from pregon.plan.enums import Mark
from pregon.plan.models import Indicator, Input
from pregon.plan.queries import unreviewed
from pregon.plan.reports.blocks import (
    Bar,
    Bars,
    Block,
    Calendar,
    CalendarRow,
    Cell,
    Column,
    Curve,
    Document,
    Facts,
    Heading,
    Paragraph,
    Point,
    Signatures,
    Table,
    Tick,
)
from pregon.plan.reports.letterhead import Letterhead
from pregon.plan.reports.progress import Captured, Line, Report, Sheet
from pregon.plan.values import is_per_cent

if TYPE_CHECKING:  # a type that exists only in the stubs
    from django_stubs_ext import StrPromise

HUNDREDTH, TENTH = Decimal("0.01"), Decimal("0.1")
#: More bars on one plot are no longer compared by eye; the table has them all.
MOST_BARS = 30
MOST_CURVES = 12

Part = Callable[[Report], Iterable[Block]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to tell a report."""

    key: str
    title: str | StrPromise
    parts: tuple[Part, ...]
    landscape: bool = False


def composed(report: Report, layout: Layout, letterhead: Letterhead) -> Document:
    """``report`` as the blocks that every format draws."""
    return Document(
        title=report.title,
        subtitle=f"{report.plan.title} {report.plan.year}",
        letterhead=letterhead,
        day=report.day,
        foot=_("%(unit)s · cifras contadas el %(day)s")
        % {"unit": report.plan.unit_name, "day": day_of(report.day)},
        blocks=tuple(block for part in layout.parts for block in part(report)),
        landscape=layout.landscape,
    )


# --- Parts that every layout may use ------------------------------------------------------------------------


def standing(report: Report) -> Iterable[Block]:
    """What the report is about, and how it went in one look."""
    plan = report.plan
    closed = _joined(str(MONTHS[closing.month]).lower() for closing in report.closings)
    lights = _joined(
        f"{count} {str(light.label).lower()}" for light, count in report.lights().items() if count
    )
    rows = [
        (_("Periodo"), report.span.title),
        (_("Unidad responsable"), plan.unit_name),
        (_("Quién responde"), plan.responsible),
        (_("Clase de plan"), plan.get_kind_display()),
        (_("Cifras contadas el"), day_of(report.day)),
        (_("Meses cerrados"), closed or _("ninguno")),
        (_("Indicadores"), lights),
        (_("Actividades"), written(Decimal(len(report.activities)))),
        (_("En línea"), report.url),
    ]
    yield Heading(text=_("Cómo va"))
    yield Facts(title=_("Resumen"), rows=tuple((name, said) for name, said in rows if said))
    yield from reach(report)


def reach(report: Report) -> Iterable[Block]:
    """From when until when the figures go, where that is not the whole period."""
    if not report.over:
        yield Paragraph(
            text=_("El periodo no ha terminado: las cifras son las que había el %(day)s.")
            % {"day": day_of(report.day)}
        )
    yield from beginning(report)


def beginning(report: Report) -> Iterable[Block]:
    """From which day on there are figures, where that falls in the period. Said of no other: a record found later
    would change reports that it is not in."""
    period = report.span.period
    if report.since and period.first < report.since <= period.last:
        yield Paragraph(
            text=_("Los registros de la oficina empiezan el %(day)s; antes de ese día no hay cifra.")
            % {"day": day_of(report.since)}
        )


def plots(report: Report) -> Iterable[Block]:
    """The figures drawn: bars against their targets, and each figure along the months."""
    drawn = [
        line
        for line in report.indicators
        if line.so_far is not None and line.target not in (None, Decimal(0))
    ]
    if not drawn:
        return
    yield Bars(
        title=_("Lo que va del año frente a la meta"), bars=tuple(_bar(line) for line in drawn[:MOST_BARS])
    )
    for line in drawn[:MOST_CURVES]:
        if sum(month.value is not None for month in line.months) > 1:
            yield _curve(line)


def progress(report: Report) -> Iterable[Block]:
    """Every indicator and every activity with its figures."""
    yield Heading(text=_("Avance de los indicadores"))
    yield _progress_table(
        _("Indicadores"),
        report.indicators,
        (Column(title=_("Al cierre del año"), width=1.3), _forecast),
        _("Este plan no tiene indicadores."),
    )
    if any(line.forecast for line in report.indicators):
        yield Paragraph(text=str(FORECAST), small=True)
    yield Heading(text=_("Avance de las actividades"))
    yield _progress_table(
        _("Actividades"),
        report.activities,
        (Column(title=_("Meses hechos"), width=1), _months_done),
        _("Este plan no tiene actividades."),
    )


def calendar(report: Report) -> Iterable[Block]:
    if report.activities:
        yield from drawn_calendar(report)
        yield Paragraph(text=str(LEGEND), small=True)


def drawn_calendar(report: Report) -> Iterable[Block]:
    """The same for a page, which draws its marks and says below what they mean."""
    if report.activities:
        yield Heading(text=_("Calendario"))
        yield _calendar(_("Calendario de actividades"), _("Actividad"), report, report.activities)


def deviations(report: Report) -> Iterable[Block]:
    if not report.deviations:
        return
    yield Heading(text=_("Desviaciones"))
    yield Table(
        title=_("Desviaciones"),
        columns=(
            Column(title=_("Mes"), width=1.1),
            Column(title=_("Indicador o actividad"), width=2),
            Column(title=_("Causa"), width=2),
            Column(title=_("Efecto"), width=2),
            Column(title=_("Qué se hará"), width=2),
        ),
        rows=tuple(
            (
                Cell(text=month_of(went.month)),
                Cell(text=went.line),
                Cell(text=went.cause),
                Cell(text=went.effect),
                Cell(text=went.remedy),
            )
            for went in report.deviations
        ),
    )


def captures(report: Report) -> Iterable[Block]:
    """What was written by hand, marked as such."""
    if not report.captures:
        return
    yield Heading(text=_("Cifras capturadas a mano"))
    yield Table(
        title=_("Capturas"),
        columns=(
            Column(title=_("Mes"), width=1.1),
            Column(title=_("Indicador o actividad"), width=2),
            Column(title=_("Hecho"), width=0.7, figures=True),
            Column(title=_("De"), width=0.7, figures=True),
            Column(title=_("De dónde sale"), width=2.4),
            Column(title=_("Archivo de evidencia"), width=1.6),
        ),
        rows=tuple(
            (
                Cell(text=month_of(one.month)),
                Cell(text=one.line),
                _number(one.numerator),
                _number(one.denominator),
                Cell(text=one.note),
                _evidence(one),
            )
            for one in report.captures
        ),
    )


def _evidence(one: Captured) -> Cell:
    if not one.evidence:
        return Cell(text=_("sin archivo"))
    if one.path:
        return Cell(text=one.evidence, url=_whole(one.path))
    return Cell(text=_("%(file)s (en la oficina)") % {"file": one.evidence})


def closings(report: Report) -> Iterable[Block]:
    yield Heading(text=_("Cierres"))
    yield Table(
        title=_("Cierres"),
        columns=(
            Column(title=_("Mes"), width=0.9),
            Column(title=_("Eslabón"), width=0.75, figures=True),
            Column(title=_("Se cerró el"), width=1),
            Column(title=_("Firmó"), width=0.9),
            Column(title=_("Huella SHA-256 de lo firmado"), width=4.9),
        ),
        rows=tuple(
            (
                Cell(text=month_of(closing.month)),
                _number(Decimal(closing.number)),
                _day(closing.on),
                Cell(text=closing.signer or "—"),
                Cell(text=closing.digest),
            )
            for closing in report.closings
        ),
        empty=_("Ningún mes del periodo está cerrado: sus cifras pueden cambiar."),
    )


def signatures(report: Report) -> Iterable[Block]:
    """Where those who answer for the report sign it, by what they do. Whom the plan does not name writes it there."""
    unknown = _("Cargo:")
    yield Heading(text=_("Firmas"))
    yield Signatures(
        title=_("Firmas"),
        rows=(
            (_("Elaboró"), report.plan.unit_name),
            (_("Revisó"), report.plan.responsible or unknown),
            (_("Autorizó"), unknown),
        ),
    )


def owed(report: Report) -> Iterable[Block]:
    """What lacks, each thing once however many promises it breaks."""
    found: dict[Missing, list[str]] = {}
    for line in report.lines:
        for lack in line.missing:
            found.setdefault(lack, []).append(line.name)
    hidden = sum(line.hidden_missing for line in report.lines)
    if found or hidden:
        yield Heading(text=_("Lo que falta"))
    if found:
        yield Table(
            title=_("Lo que falta"),
            columns=(
                Column(title=_("Día"), width=1),
                Column(title=_("Qué"), width=2.4),
                Column(title=_("Detalle"), width=1.8),
                Column(title=_("Indicador o actividad"), width=2.8),
            ),
            rows=tuple(
                (
                    _day(lack.when),
                    Cell(text=capfirst(lack.title), url=_whole(lack.url)),
                    Cell(text=lack.detail),
                    Cell(text="; ".join(names)),
                )
                for lack, names in sorted(found.items(), key=lambda item: item[0].when)
            ),
        )
    if hidden:
        yield Paragraph(text=_("Actos internos que faltan y no se anuncian: %(many)s.") % {"many": hidden})


def evidence(report: Report) -> Iterable[Block]:
    """The records behind each figure, with their links."""
    yield Heading(text=_("Anexo: los registros"), fresh=True)
    found = [line for line in report.lines if line.records or line.hidden_records]
    if not found:
        yield Paragraph(text=_("No hay registros en el periodo."))
    for line in found:
        yield Heading(text=line.name, level=2)
        if line.records:
            yield Table(
                title=_("Registros de %(name)s") % {"name": line.name},
                group=_("Registros"),
                about=line.name,
                columns=(
                    Column(title=_("Día"), width=1),
                    Column(title=_("Registro"), width=3.6),
                    Column(title=_("Detalle"), width=2),
                ),
                rows=tuple(
                    (
                        _day(record.when),
                        Cell(text=record.title, url=_whole(record.url)),
                        Cell(text=record.detail),
                    )
                    for record in line.records
                ),
            )
        if line.hidden_records:
            yield Paragraph(
                text=_("Cuenta también actos internos, que no se anuncian: %(many)s.")
                % {"many": line.hidden_records}
            )


# --- The plan of one area: identity, goals, calendar --------------------------------------------------------


def identity(report: Report) -> Iterable[Block]:
    plan = report.plan
    if plan.description:
        yield from _prose(plan.description)
    for name, said in ((_("MISIÓN"), plan.mission), (_("VISIÓN"), plan.vision)):
        if said:
            yield Heading(text=name)
            yield from _prose(said)
    if plan.values:
        yield Heading(text=_("VALORES"))
        yield Facts(title=_("Valores"), rows=tuple((value["name"], value["text"]) for value in plan.values))


def _prose(text: str) -> Iterable[Block]:
    return (Paragraph(text=line) for line in text.splitlines() if line)


def goals(report: Report) -> Iterable[Block]:
    yield Heading(text=_("METAS"), fresh=bool(report.plan.mission or report.plan.values))
    yield Table(
        title=_("Metas"),
        columns=(
            Column(title=_("ID"), width=0.5, figures=True),
            Column(title=_("Indicador asociado"), width=2.6),
            Column(title=_("Meta del indicador"), width=2),
            Column(title=_("Unidad de medida"), width=1.3),
            Column(title=_("En el periodo"), width=1.2),
            Column(title=_("En lo que va del año"), width=1.2),
            Column(title=_("Al cierre del año"), width=1.2),
            Column(title=_("Semáforo"), width=1.2),
        ),
        rows=tuple(
            (
                _number(Decimal(place)),
                Cell(text=line.name, url=line.url),
                Cell(text=_target(line)),
                Cell(text=line.indicator.unit if line.indicator else ""),
                Cell(text=line.text),
                Cell(text=line.so_far_text),
                Cell(text=_forecast(line)),
                Cell(text=line.word, light=line.light),
            )
            for place, line in enumerate(report.indicators, start=1)
        ),
        empty=_("Este plan no tiene indicadores."),
    )


def activity_calendar(report: Report) -> Iterable[Block]:
    yield Heading(text=_("CALENDARIO DE ACTIVIDADES %(year)s") % {"year": report.plan.year})
    yield _calendar(
        _("Calendario de actividades"), _("Descripción de la actividad"), report, report.activities
    )
    yield Paragraph(text=str(LEGEND), small=True)


# --- The budgeted programme: a sheet for each ---------------------------------------------------------------


def datasheets(report: Report) -> Iterable[Block]:
    """The ficha técnica of each indicator, with the values of the period."""
    if report.indicators:
        yield Heading(text=_("Anexo: fichas técnicas de los indicadores"), fresh=True)
    for line in report.indicators:
        yield Heading(text=line.name, level=2)
        yield Facts(title=line.name, rows=line.datasheet)


def sheets(report: Report) -> Iterable[Block]:
    for place, sheet in enumerate(report.sheets):
        yield Heading(text=sheet.name or _("Metas y actividades"), fresh=place > 0)
        if chain := tuple(_chain(sheet)):
            yield Facts(title=_("Ficha del programa"), rows=chain)
        for line in sheet.indicators:
            yield Facts(title=line.name, rows=tuple(_sheet_of_indicator(line)))
        if sheet.programme:
            yield Calendar(
                title=_("TEMPORALIDAD"),
                head=_("Programa"),
                months=_months(),
                rows=(_row_of_programme(sheet, report),),
            )
        if sheet.activities:
            yield _calendar(_("Actividades del programa"), _("Actividad"), report, sheet.activities)
            yield Paragraph(text=str(LEGEND), small=True)


def _chain(sheet: Sheet) -> Iterable[tuple[str, str]]:
    programme = sheet.programme
    if programme is None:
        return
    rows = (
        (_("OBJETIVO GENERAL"), programme.general_objective),
        (_("OBJETIVO PARTICULAR"), programme.particular_objective),
        (_("ESTRATEGIA"), programme.strategy),
        (_("LÍNEA DE ACCIÓN"), programme.line_of_action),
        (_("PROGRAMA"), programme.programme_name or _("No aplica")),
        (_("INSUMOS"), "; ".join(map(_input, sheet.inputs))),
        (_("DESCRIPCIÓN"), programme.description),
    )
    yield from ((name, said) for name, said in rows if said)


def _sheet_of_indicator(line: Line) -> Iterable[tuple[str, str]]:
    indicator = line.indicator
    if indicator is None:
        return
    base = (
        _("LÍNEA BASE %(year)s") % {"year": indicator.baseline_year}
        if indicator.baseline_year
        else _("LÍNEA BASE")
    )
    yield (_("INDICADOR"), line.name)
    yield (base, _said(indicator.baseline, indicator))
    year = indicator.plan.year
    yield (_("RESULTADO %(year)s") % {"year": year - 1}, _said(indicator.previous, indicator))
    yield (_("ESPERADO %(year)s") % {"year": year}, _target(line))
    yield (_("EN EL PERIODO"), line.text)
    silent = line.so_far_text.casefold() == line.word.casefold()
    yield (_("EN LO QUE VA DEL AÑO"), line.word if silent else f"{line.so_far_text} · {line.word}")
    if line.forecast:
        yield (_("AL CIERRE DEL AÑO"), line.forecast.text)


def _row_of_programme(sheet: Sheet, report: Report) -> CalendarRow:
    """A month of a programme is done when all that was planned of its activities in it is."""
    programme = sheet.programme
    planned = programme.months if programme else [False] * 12
    ticks = []
    for number in range(1, 13):
        marks = {line.months[number - 1].mark for line in sheet.activities}
        if not planned[number - 1]:
            mark = Mark.NONE
        elif Mark.LATE in marks:
            mark = Mark.LATE
        elif Mark.DONE in marks:
            mark = Mark.DONE
        else:
            mark = Mark.AHEAD
        ticks.append(_tick(number, mark, ""))
    return CalendarRow(number="", name=sheet.name, ticks=tuple(ticks))


# --- Pieces -------------------------------------------------------------------------------------------------

LEGEND = gettext_lazy(
    "✔ planeado y hecho, con cuántos registros · ○ planeado · ✗ planeado y sin registros · + hecho sin estar planeado"
)


FORECAST = gettext_lazy(
    "Al cierre del año: entre qué y qué quedará la cifra si todo sigue igual; ocho de cada diez veces cae ahí."
)


def _forecast(line: Line) -> str:
    return line.forecast.text if line.forecast else "—"


def _months_done(line: Line) -> str:
    return _("%(done)s de %(planned)s") % {"done": line.done_months, "planned": line.planned_months}


def _progress_table(
    title: str, lines: Iterable[Line], own: tuple[Column, Callable[[Line], str]], empty: str
) -> Table:
    """``own`` is the column that only lines of this kind have."""
    column, said = own
    return Table(
        title=title,
        columns=(
            Column(title=_("Clave"), width=1.55),
            Column(title=_("Nombre"), width=2.8),
            Column(title=_("Meta"), width=0.7, figures=True),
            Column(title=_("Hecho"), width=0.8, figures=True),
            Column(title=_("De"), width=0.7, figures=True),
            Column(title=_("%"), width=0.75, figures=True, share_of=(3, 4)),
            Column(title=_("En el año"), width=1.1),
            column,
            Column(title=_("Semáforo"), width=1.4),
        ),
        rows=tuple(
            (
                Cell(text=line.number),
                Cell(text=_named(line), url=line.url),
                _number(line.target),
                _number(line.done),
                _number(line.owed),
                _number(line.value if line.share else None),
                Cell(text=line.so_far_text),
                Cell(text=said(line)),
                Cell(text=line.word, light=line.light),
            )
            for line in lines
        ),
        empty=empty,
    )


def _calendar(title: str, head: str, report: Report, lines: Iterable[Line]) -> Calendar:
    return Calendar(
        title=title,
        head=head,
        months=_months(),
        rows=tuple(
            CalendarRow(
                number=line.number,
                name=line.name,
                ticks=tuple(
                    _tick(month.number, month.mark, written(month.value) if month.value else "")
                    for month in line.months
                ),
            )
            for line in lines
        ),
    )


def _tick(number: int, mark: Mark, count: str) -> Tick:
    return Tick(name=str(MONTHS[number]).lower(), short=_short(number), mark=mark, count=count)


def _months() -> tuple[str, ...]:
    return tuple(_short(number) for number in range(1, 13))


def _short(number: int) -> str:
    return str(MONTHS_3[number]).upper()[:3]


def _bar(line: Line) -> Bar:
    value, target, indicator = line.so_far or Decimal(0), line.target or Decimal(0), line.indicator
    baseline = indicator.baseline if indicator else None
    top = max(value, target, baseline or Decimal(0), Decimal(1))
    return Bar(
        name=line.name,
        text=_figure(line),
        target_text=_("meta %(target)s") % {"target": _marked(written(target), indicator)},
        light=line.light,
        length=_of(value, top),
        target=_of(target, top),
        baseline=None if baseline is None else _of(baseline, top),
    )


def _curve(line: Line) -> Curve:
    values = [month.value for month in line.months if month.value is not None]
    target = line.target if line.share else None
    top = max([*values, target or Decimal(0), PERCENT if line.share else Decimal(1)])
    return Curve(
        title=_("%(name)s, mes por mes") % {"name": line.name},
        points=tuple(
            Point(
                name=month.name,
                short=_short(month.number),
                text="—" if month.value is None else _per_cent(month.value, per_cent=line.share),
                height=None if month.value is None else _of(month.value, top),
                value=month.value,
            )
            for month in line.months
        ),
        top=_per_cent(top, per_cent=line.share),
        light=line.light,
        target=None if target is None else _of(target, top),
    )


def _of(part: Decimal, whole: Decimal) -> float:
    return float(min(max(PERCENT * part / whole, Decimal(0)), PERCENT).quantize(HUNDREDTH, ROUND_HALF_UP))


def _figure(line: Line) -> str:
    if line.so_far is None:
        return line.so_far_text
    return f"{line.so_far_text} ({_per_cent(line.so_far, per_cent=True)})" if line.share else line.so_far_text


def _per_cent(value: Decimal, *, per_cent: bool) -> str:
    """A share to the tenth, as the pages of the plan say it."""
    return f"{written(value.quantize(TENTH, ROUND_HALF_UP))} %" if per_cent else written(value)


def _target(line: Line) -> str:
    said = line.indicator.target_text if line.indicator else ""
    figure = "" if line.target is None else written(line.target)
    target = f"{said} ({figure})" if said and figure else said or figure or _("sin meta")
    return _marked(target, line.indicator)


def _marked(target: str, indicator: Indicator | None) -> str:
    return unreviewed(target) if indicator and indicator.review_due else target


def _named(line: Line) -> str:
    """Its name, and what the number of its target beside it cannot say."""
    due = bool(line.indicator and line.indicator.review_due)
    return _("%(name)s (meta por revisar)") % {"name": line.name} if due else line.name


def _said(value: Decimal | None, indicator: Indicator) -> str:
    if value is None:
        return _("sin dato")
    return _per_cent(value, per_cent=is_per_cent(indicator.unit))


def _input(needed: Input) -> str:
    amount = needed.amount
    return f"{needed} (${written(amount)})" if amount is not None else f"{needed} ({_('sin monto')})"


def _number(value: Decimal | None) -> Cell:
    return Cell(text="—" if value is None else written(value), value=value)


def _day(day: date) -> Cell:
    return Cell(text=date_format(day, "j M Y").lower(), value=day)


def _whole(url: str) -> str:
    return f"{settings.BASE_URL}{url}" if url.startswith("/") else url


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def day_of(day: date) -> str:
    return str(date_format(day, "j \\d\\e F \\d\\e Y")).lower()


def month_of(month: int) -> str:
    return capfirst(str(MONTHS[month]).lower())


OFFICE = Layout(
    key="oficina",
    title=gettext_lazy("El de la oficina: resumen, gráficas, avance y anexos"),
    parts=(
        standing,
        plots,
        progress,
        calendar,
        owed,
        deviations,
        captures,
        closings,
        signatures,
        datasheets,
        evidence,
    ),
)
AREA_PLAN = Layout(
    key="mazamitla",
    title=gettext_lazy("Plan operativo: misión, metas y calendario de actividades"),
    parts=(
        reach,
        identity,
        goals,
        activity_calendar,
        deviations,
        captures,
        closings,
        signatures,
        datasheets,
        evidence,
    ),
    landscape=True,
)
BUDGETED = Layout(
    key="ocotlan",
    title=gettext_lazy("Programa presupuestal: una hoja por programa, con su temporalidad"),
    parts=(reach, sheets, deviations, captures, closings, signatures, datasheets, evidence),
)
#: On the site, where each line leads to the page with its records.
PAGE = Layout(
    key="pagina",
    title=gettext_lazy("La página"),
    parts=(beginning, plots, progress, drawn_calendar, owed, deviations, captures, closings),
)
LAYOUTS: dict[str, Layout] = {layout.key: layout for layout in (OFFICE, AREA_PLAN, BUDGETED)}
