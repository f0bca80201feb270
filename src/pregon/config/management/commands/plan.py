"""``pregon plan``: takes a plan in, says what is wrong with it and how it stands, closes its months and proves them,
and writes its reports."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import ngettext

from pregon.accounts.models import Office
from pregon.core.calendar import local_day
from pregon.core.files import write_atomically
from pregon.core.text import shorten, slug
from pregon.plan import actions
from pregon.plan.enums import Severity
from pregon.plan.importing import draft_of
from pregon.plan.importing.sheets import MOST_BYTES
from pregon.plan.linting import lint, together
from pregon.plan.models import EARLIEST, LATEST, Plan
from pregon.plan.permissions import ADD, CLOSE
from pregon.plan.queries import (
    advise,
    as_written,
    chain_faults,
    current_plans,
    lacks_of,
    plan_sheet,
    standing_seals,
)
from pregon.plan.reading import KEY, LONGEST_KEY, known, read
from pregon.plan.reports.files import FORMATS, report_file
from pregon.plan.reports.layouts import LAYOUTS, OFFICE
from pregon.plan.reports.progress import Span
from pregon.plan.values import PlanPart, Understood
from pregon.plan.writing import write

ACTIONS = {
    "import": "ARCHIVO",
    "show": "",
    "export": "ARCHIVO",
    "lint": "",
    "new-year": "AÑO",
    "close": "MES",
    "reopen": "MES",
    "verify": "",
    "report": "ARCHIVO",
}
#: Whose method may not be called as the action is.
METHODS = {"import": "take_in", "new-year": "new_year"}
MONTH_NAMES = {slug(str(name)): number for number, name in MONTHS.items()}


def month_of(word: str) -> tuple[int | None, int]:
    """«octubre», «10» or «2026-10», as the year that it names and the number of the month."""
    year, _dash, last = word.rpartition("-")
    number = MONTH_NAMES.get(slug(word)) or (int(last) if last.isdecimal() else 0)
    if not 1 <= number <= 12 or (year and not (year.isdecimal() and len(year) == 4)):
        raise ArgumentTypeError(word)
    return (int(year) if year else None), number


def whole_chain(plan: Plan, links: int) -> str:
    if not links:
        return f"{plan} no tiene cierres todavía."
    said = ngettext(
        "El único cierre de %(plan)s está como se firmó.",
        "Los %(links)s cierres y reaperturas de %(plan)s están como se firmaron.",
        links,
    )
    return said % {"plan": plan, "links": links}


def slugs(plans: Iterable[Plan]) -> str:
    return ", ".join(plan.slug for plan in plans) or "ninguno"


def beside(line: Understood) -> list[str]:
    """A line of the document, and below it what it became."""
    said = [f"{line.number:>5}  {line.text}"]
    for what, value in line.parts or ([(line.becomes, "")] if line.becomes else ()):
        said.append(f"       → {what}: {value}" if value else f"       → {what}")
    if line.doubt:
        said.append(f"       ! {line.doubt}")
    return said


def document(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(MOST_BYTES + 1)
    except OSError as problem:
        raise CommandError(f"No se puede leer «{path}»: revisa que exista y que sea un archivo.") from problem


def written_in(target: str) -> PlanPart:
    """The plan in a file, whatever its format, or one of ours by its name."""
    path = Path(target).expanduser()
    if target in known() or path.suffix in {".yaml", ".yml"}:
        return read(target if target in known() else path).plan
    return draft_of(document(path), name=path.name, year=today().year).plan


def today() -> date:
    """The day of the office, whose clock a command is not run by as a page is."""
    return local_day(timezone.now(), Office.load().zone)


class Command(BaseCommand):
    help = (
        "import lee el documento de un plan y dice qué entendió; "
        "show dice cómo va el plan; export lo escribe en un archivo; lint dice qué le falta, al de la oficina o "
        "al de un archivo; new-year lo pasa a otro año; close cierra un mes y reopen lo abre de nuevo; "
        "verify comprueba que nadie cambió lo que se cerró; report escribe el informe de un trimestre o del año."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", metavar="ACCIÓN", choices=list(ACTIONS))
        parser.add_argument("target", metavar="ARCHIVO|MES|AÑO", nargs="?", default="")
        parser.add_argument(
            "--plan",
            metavar="DIRECCIÓN",
            default="",
            help="cuál; sin esto, el único del año o, con verify, todos",
        )
        parser.add_argument(
            "--by", metavar="CORREO", default="", help="quién firma, con close, reopen y new-year"
        )
        parser.add_argument(
            "--reason", metavar="FRASE", default="", help="por qué se abre de nuevo, con reopen"
        )
        parser.add_argument(
            "--quarter",
            type=int,
            choices=(1, 2, 3, 4),
            metavar="N",
            help="qué trimestre, con report; sin esto, el año entero",
        )
        parser.add_argument(
            "--format",
            choices=list(FORMATS),
            default="",
            help="con report; sin esto, el del nombre del archivo",
        )
        parser.add_argument(
            "--layout", choices=list(LAYOUTS), default=OFFICE.key, help="cómo se ordena, con report"
        )
        parser.add_argument("--year", metavar="AÑO", type=int, help="con qué año se carga, con import")
        parser.add_argument(
            "--key",
            metavar="CLAVE",
            default="",
            help="con qué clave se carga, con import; sin esto, la de su unidad",
        )
        parser.add_argument("--yes", action="store_true", help="carga lo que se entendió, con import")
        parser.add_argument("--json", action="store_true", help="imprime un objeto JSON y nada más")

    def handle(self, *args: Any, **options: Any) -> None:
        action: str = options["action"]
        if ACTIONS[action] and not options["target"]:
            raise CommandError(f"Después de «{action}» va: {ACTIONS[action].lower()}.")
        told, sentences = getattr(self, METHODS.get(action, action))(options)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for sentence in sentences:
                self.stdout.write(sentence)
        if faults := told.get("faults"):
            count = ngettext("%(count)s falta", "%(count)s faltas", len(faults)) % {"count": len(faults)}
            raise CommandError(f"La cadena de cierres no está entera: {count}.")
        if errors := told.get("errors"):
            raise CommandError(f"El plan tiene faltas que hay que corregir: {errors}.")

    def take_in(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        path, year, at = Path(options["target"]).expanduser(), options["year"], timezone.now()
        if year is not None and not EARLIEST <= year <= LATEST:
            raise CommandError(f"«{year}» no es un año de plan: escribe uno entre {EARLIEST} y {LATEST}.")
        draft = draft_of(document(path), name=path.name, year=year or today().year)
        if key := options["key"]:
            draft = replace(draft, plan=replace(draft.plan, key=self.key(key)))
        loaded = actions.take_in(draft.plan, at=at, year=year) if options["yes"] else None
        doubtful = sum(bool(line.doubt) for line in draft.lines)
        names = [line.name for line in draft.plan.every_indicator if not line.measure.name]
        names += [line.description for line in draft.plan.every_activity if not line.measure.name]
        measured = [(name, advise(name)) for name in names]
        told = {
            "plan": {"key": draft.plan.key, "title": draft.plan.title, "year": draft.plan.year},
            "loaded": loaded.slug if loaded else None,
            "doubts": doubtful,
            "lines": [asdict(line) for line in draft.lines],
            "measures": [{"line": name, "advice": str(advice)} for name, advice in measured],
        }
        sentences = [sentence for line in draft.lines if line.text.strip() for sentence in beside(line)]
        sentences.append(
            f"\n{draft.plan.title}, {draft.plan.year}: {len(draft.plan.programmes)} programas, "
            f"{len(draft.plan.every_indicator)} indicadores, {len(draft.plan.every_activity)} actividades; "
            f"{doubtful} líneas por revisar."
        )
        sentences += ["Cómo se puede medir:"] if measured else []
        sentences += [
            f"    {shorten(name, 60)}: {advice.title or f'a mano. {advice.by_hand}'}"
            for name, advice in measured
        ]
        sentences.append(
            f"El plan quedó cargado como «{loaded.slug}»."
            if loaded
            else "No se cargó nada todavía: con --yes se carga así."
        )
        return told, sentences

    def show(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan = self.plan(options)
        sheet = plan_sheet(plan, at=timezone.now())
        closed = sorted(standing_seals(plan))
        figures = [
            {"name": figure.name, "figure": figure.text, "unit": figure.unit, "light": figure.light.value}
            for figure in sheet.figures
        ]
        lines = [f"{figure.name}: {figure.text} {figure.unit} · {figure.word}" for figure in sheet.figures]
        months = ", ".join(str(MONTHS[month]).lower() for month in closed) or "ninguno"
        lines.append(f"Meses cerrados: {months}.")
        if sheet.touched:
            lines.append(
                f"Ya no están como se firmaron, y cuentan otra vez con sus registros: {sheet.touched_months}. "
                "«pregon plan verify» dice qué cambió."
            )
        return {"plan": plan.slug, "figures": figures, "closed": closed, "touched": sheet.touched}, [
            str(plan),
            *lines,
        ]

    def export(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, path = self.plan(options), Path(options["target"]).expanduser()
        write_atomically(path, write(as_written(plan)).encode())
        return {"plan": plan.slug, "file": str(path)}, [f"El plan quedó escrito en {path}."]

    def lint(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        if options["target"]:
            part = written_in(options["target"])
            name, lacks = part.title, together(lint(part, advise=advise))
        else:
            plan = self.plan(options)
            name, lacks = str(plan), lacks_of(plan)
        told = {
            "plan": name,
            "errors": sum(len(lack.places) for lack in lacks if lack.severity == Severity.ERROR),
            "lacks": [
                {
                    "rule": lack.rule,
                    "severity": lack.severity.value,
                    "what": lack.what,
                    "remedy": lack.remedy,
                    "places": [str(place) for place in lack.places],
                }
                for lack in lacks
            ],
        }
        lines = []
        for lack in lacks:
            lines += [
                f"{lack.severity.label}: {lack.what} {lack.remedy}",
                *(f"    {place}" for place in lack.places),
            ]
        return told, [name, *lines] if lacks else [f"A «{name}» no le falta nada."]

    def new_year(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, word = self.plan(options), options["target"]
        if not (word.isascii() and word.isdecimal() and len(word) == 4):
            raise CommandError(f"«{word}» no es un año: escribe sus cuatro cifras.")
        by = self.signer(options, ADD) if options["by"] else None
        begun = actions.begin_year(plan, int(word), by=by, at=timezone.now())
        due = begun.indicators.filter(review_due=True).count()
        told = {"plan": begun.slug, "from": plan.slug, "to_review": due}
        return told, [f"Quedó preparado {begun}. Sus metas por revisar en el escritorio: {due}."]

    def close(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, month = self.month_of_plan(options)
        seal = actions.close_month(plan, month, by=self.signer(options, CLOSE), at=timezone.now())
        told = {"plan": plan.slug, "month": month, "number": seal.number, "digest": seal.digest}
        return told, [f"{MONTHS[month]} de {plan.year} quedó cerrado. Huella: {seal.digest}."]

    def reopen(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, month = self.month_of_plan(options)
        seal = actions.reopen_month(
            plan, month, reason=options["reason"], by=self.signer(options, CLOSE), at=timezone.now()
        )
        told = {"plan": plan.slug, "month": month, "number": seal.number, "digest": seal.digest}
        return told, [f"{MONTHS[month]} de {plan.year} está abierto de nuevo; lo que se cerró se conserva."]

    def verify(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plans = [self.plan(options)] if options["plan"] else list(Plan.objects.all())
        if not plans:
            raise CommandError("No hay ningún plan.")
        chains: list[dict[str, Any]] = []
        sentences = []
        for plan in plans:
            faults, links = chain_faults(plan), plan.seals.count()
            chains.append(
                {
                    "plan": plan.slug,
                    "links": links,
                    "faults": [{"number": fault.number, "what": fault.sentence} for fault in faults],
                }
            )
            sentences += [f"{plan}, eslabón {fault.number}: {fault.sentence}" for fault in faults]
            if not faults:
                sentences.append(whole_chain(plan, links))
        faulty = [{"plan": chain["plan"], **fault} for chain in chains for fault in chain["faults"]]
        return {"chains": chains, "faults": faulty}, sentences

    def report(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, path = self.plan(options), Path(options["target"]).expanduser()
        kind = FORMATS.get(options["format"] or path.suffix.lstrip(".").lower())
        if kind is None:
            raise CommandError(f"Di en qué formato se escribe con --format: {', '.join(FORMATS)}.")
        span = Span(year=plan.year, quarter=options["quarter"])
        if span.quarter and not span.has_begun(today()):
            raise CommandError(f"El {span.title.lower()} no ha empezado: todavía no hay nada que informar.")
        written = report_file(plan, span, LAYOUTS[options["layout"]], kind, at=timezone.now())
        write_atomically(path, written)
        told = {"plan": plan.slug, "span": span.slug, "file": str(path), "bytes": len(written)}
        return told, [f"El informe ({span.title.lower()}) quedó escrito en {path}."]

    def plan(self, options: dict[str, Any], *, year: int | None = None) -> Plan:
        """The one that is named, or the only one of ``year``; without a year, of the one that runs."""
        if wanted := options["plan"]:
            return self.named(wanted, year)
        found = list(Plan.objects.of(year)) if year else current_plans(timezone.now())
        if not found:
            none = f"No hay un plan de {year}." if year else "No hay ningún plan."
            raise CommandError(f"{none} Los que hay: {slugs(Plan.objects.all())}.")
        if len(found) > 1:
            raise CommandError(f"Hay varios planes de {found[0].year}: di cuál con --plan ({slugs(found)}).")
        return found[0]

    def named(self, wanted: str, year: int | None) -> Plan:
        found = Plan.objects.filter(slug=wanted).first()
        if found is None:
            raise CommandError(f"No hay un plan «{wanted}». Los que hay: {slugs(Plan.objects.all())}.")
        if year not in {None, found.year}:
            raise CommandError(f"«{wanted}» es de {found.year} y el mes que escribiste es de {year}.")
        return found

    def key(self, word: str) -> str:
        if not KEY.fullmatch(word) or len(word) > LONGEST_KEY:
            raise CommandError(
                f"«{word}» no sirve de clave: escribe letras sin acento, números y guiones, hasta {LONGEST_KEY}."
            )
        return word

    def month_of_plan(self, options: dict[str, Any]) -> tuple[Plan, int]:
        try:
            year, month = month_of(options["target"])
        except ArgumentTypeError as problem:
            raise CommandError(f"«{problem}» no es un mes: escribe «octubre», «10» o «2026-10».") from problem
        return self.plan(options, year=year), month

    def signer(self, options: dict[str, Any], permission: str) -> Any:
        if not options["by"]:
            raise CommandError("Di quién firma con --by CORREO.")
        user = get_user_model()
        found = user._default_manager.filter(**{f"{user.USERNAME_FIELD}__iexact": options["by"]}).first()
        if found is None:
            raise CommandError(f"En esta oficina nadie entra con «{options['by']}».")
        if not found.has_perm(permission):
            raise CommandError(f"«{options['by']}» no puede firmar esto: lo hace quien dirige la oficina.")
        return found
