"""A year of bulletins told as reports."""

import json
import statistics
import sys
import time

import django

django.setup()

import pypdfium2  # noqa: E402 - Django stands first
from django.utils import timezone, translation  # noqa: E402 - the same

from pregon.accounts.models import Office  # noqa: E402 - the same
from pregon.plan.models import Activity  # noqa: E402 - the same
from pregon.plan.queries import current_plan  # noqa: E402 - the same
from pregon.plan.reports.files import FORMATS  # noqa: E402 - the same
from pregon.plan.reports.layouts import OFFICE, composed  # noqa: E402 - the same
from pregon.plan.reports.letterhead import Letterhead  # noqa: E402 - the same
from pregon.plan.reports.progress import Span, report_of  # noqa: E402 - the same

turns = int(sys.argv[1])
translation.activate("es-mx")
at = timezone.now()
plan = current_plan(at)
assert plan is not None
for number in range(4):
    # More lines with the same records: an annex of sixty pages and more.
    Activity.objects.get_or_create(
        plan=plan,
        number=90 + number,
        defaults={"description": f"Actividad de muestra {number}", "measure": "days_with_publication"},
    )
span = Span(year=plan.year)
took: dict[str, list[float]] = {}
written: dict[str, bytes] = {}
for _turn in range(turns):
    began = time.perf_counter()
    report = report_of(plan, span, at=at)
    counted = time.perf_counter() - began
    took.setdefault("figures", []).append(counted)
    for key, kind in FORMATS.items():
        began = time.perf_counter()
        written[key] = kind.write(composed(report, OFFICE, Letterhead.of(Office.load())))
        took.setdefault(key, []).append(counted + time.perf_counter() - began)
paper = pypdfium2.PdfDocument(written["pdf"])
said = {key: statistics.median(times) for key, times in took.items()}
print(json.dumps({**said, "pages": len(paper), "records": sum(len(line.records) for line in report.lines)}))
paper.close()
