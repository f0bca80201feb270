"""``pregon plan``: takes a plan in, says what is wrong with it and how it stands, closes its months and proves them,
and writes its reports."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dates import MONTHS

from pregon.core.files import write_atomically
from pregon.core.text import slug
from pregon.plan import actions
from pregon.plan.enums import Severity
from pregon.plan.importing import draft_of
from pregon.plan.importing.sheets import MOST_BYTES
from pregon.plan.linting import lint, together
from pregon.plan.models import EARLIEST, LATEST, Plan
from pregon.plan.permissions import ADD, CLOSE
from pregon.plan.queries import (
    as_written,
    chain_faults,
    current_plan,
    lacks_of,
    plan_sheet,
    standing_seals,
    titles_proposed,
)
from pregon.plan.reading import known, read
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


def month_of(word: str) -> int:
    """«octubre», «10» or «2026-10»."""
    last = word.rsplit("-", 1)[-1]
    number = MONTH_NAMES.get(slug(word)) or (int(last) if last.isdecimal() else 0)
    if not 1 <= number <= 12:
        raise ArgumentTypeError(word)
    return number


def beside(line: Understood) -> list[str]:
    """A line of the document, and below it what it became."""
    said = [f"{line.number:>5}  {line.text}"]
    if line.becomes:
        said.append(f"       → {line.becomes}")
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
    return draft_of(document(path), name=path.name, year=timezone.localdate().year).plan


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
        parser.add_argument("--plan", metavar="DIRECCIÓN", default="", help="cuál; sin esto, el del año")
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
            raise CommandError(f"La cadena de cierres no está entera: {len(faults)} faltas.")
        if errors := told.get("errors"):
            raise CommandError(f"El plan tiene faltas que hay que corregir: {errors}.")

    def take_in(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        path, year, at = Path(options["target"]).expanduser(), options["year"], timezone.now()
        if year is not None and not EARLIEST <= year <= LATEST:
            raise CommandError(f"«{year}» no es un año de plan: escribe uno entre {EARLIEST} y {LATEST}.")
        draft = draft_of(document(path), name=path.name, year=year or timezone.localdate(at).year)
        loaded = actions.take_in(draft.plan, at=at, year=year) if options["yes"] else None
        doubtful = sum(bool(line.doubt) for line in draft.lines)
        told = {
            "plan": {"key": draft.plan.key, "title": draft.plan.title, "year": draft.plan.year},
            "loaded": loaded.slug if loaded else None,
            "doubts": doubtful,
            "lines": [asdict(line) for line in draft.lines],
        }
        sentences = [sentence for line in draft.lines if line.text.strip() for sentence in beside(line)]
        sentences.append(
            f"\n{draft.plan.title}, {draft.plan.year}: {len(draft.plan.programmes)} programas, "
            f"{len(draft.plan.every_indicator)} indicadores, {len(draft.plan.every_activity)} actividades; "
            f"{doubtful} líneas por revisar."
        )
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
        return {"plan": plan.slug, "figures": figures, "closed": closed}, [
            str(plan),
            *lines,
            f"Meses cerrados: {months}.",
        ]

    def export(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, path = self.plan(options), Path(options["target"]).expanduser()
        write_atomically(path, write(as_written(plan)).encode())
        return {"plan": plan.slug, "file": str(path)}, [f"El plan quedó escrito en {path}."]

    def lint(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        if options["target"]:
            part = written_in(options["target"])
            name, lacks = part.title, together(lint(part, propose=titles_proposed))
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
        plan = self.plan(options)
        month = self.month(plan, options["target"])
        seal = actions.close_month(plan, month, by=self.signer(options, CLOSE), at=timezone.now())
        told = {"plan": plan.slug, "month": month, "number": seal.number, "digest": seal.digest}
        return told, [f"{MONTHS[month]} de {plan.year} quedó cerrado. Huella: {seal.digest}."]

    def reopen(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan = self.plan(options)
        month = self.month(plan, options["target"])
        seal = actions.reopen_month(
            plan, month, reason=options["reason"], by=self.signer(options, CLOSE), at=timezone.now()
        )
        told = {"plan": plan.slug, "month": month, "number": seal.number, "digest": seal.digest}
        return told, [f"{MONTHS[month]} de {plan.year} está abierto de nuevo; lo que se cerró se conserva."]

    def verify(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan = self.plan(options)
        faults = chain_faults(plan)
        told = {
            "plan": plan.slug,
            "links": plan.seals.count(),
            "faults": [{"number": fault.number, "what": fault.sentence} for fault in faults],
        }
        whole = [f"Los {told['links']} cierres de {plan} están como se firmaron."]
        return told, [f"Eslabón {fault.number}: {fault.sentence}" for fault in faults] or whole

    def report(self, options: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        plan, path = self.plan(options), Path(options["target"]).expanduser()
        kind = FORMATS.get(options["format"] or path.suffix.lstrip(".").lower())
        if kind is None:
            raise CommandError(f"Di en qué formato se escribe con --format: {', '.join(FORMATS)}.")
        span = Span(year=plan.year, quarter=options["quarter"])
        if span.quarter and not span.has_begun(timezone.localdate()):
            raise CommandError(f"El {span.title.lower()} no ha empezado: todavía no hay nada que informar.")
        written = report_file(plan, span, LAYOUTS[options["layout"]], kind, at=timezone.now())
        write_atomically(path, written)
        told = {"plan": plan.slug, "span": span.slug, "file": str(path), "bytes": len(written)}
        return told, [f"El informe ({span.title.lower()}) quedó escrito en {path}."]

    def plan(self, options: dict[str, Any]) -> Plan:
        wanted: str = options["plan"]
        found = Plan.objects.filter(slug=wanted).first() if wanted else current_plan(timezone.now())
        if found is None:
            known = ", ".join(Plan.objects.values_list("slug", flat=True)) or "ninguno"
            raise CommandError(
                f"No hay un plan «{wanted}». Los que hay: {known}." if wanted else "No hay ningún plan."
            )
        return found

    def month(self, plan: Plan, word: str) -> int:
        year, dash, _rest = word.rpartition("-")
        if dash and year != str(plan.year):
            raise CommandError(f"«{word}» no es un mes de {plan}: di de cuál plan con --plan.")
        try:
            return month_of(word)
        except ArgumentTypeError as problem:
            raise CommandError(f"«{problem}» no es un mes: escribe «octubre», «10» o «2026-10».") from problem

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
