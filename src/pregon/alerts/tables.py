"""The register of extraordinary messages, as a file that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _

from pregon.alerts.models import ExtraordinaryMessage
from pregon.alerts.queries import reach_of
from pregon.delivery.registry import label_of

BOM = "\ufeff"
#: Letters that make a spreadsheet calculate.
CALCULATING = re.compile(r"'*[=+\-@\t\r]")


def plain(text: str) -> str:
    return f"'{text}" if CALCULATING.match(text) else text


def reach_in_words(message: ExtraordinaryMessage) -> str:
    """On which channels it went out, and to how many on each."""
    return "; ".join(f"{label_of(kind)}: {count}" for kind, count in reach_of(message).items())


def headings() -> list[str]:
    return [
        *(_("tipo"), _("texto"), _("salió"), _("canales"), _("dirección")),
        *(_("se justifica antes del"), _("justificación"), _("justificado"), _("quién lo justificó")),
        *(_("propuso"), _("confirmó"), _("una sola persona"), _("segundos de espera")),
    ]


def row(message: ExtraordinaryMessage) -> list[str]:
    alert = message.alert
    moments = [
        timezone.localtime(moment).strftime("%d/%m/%Y %H:%M") if moment else ""
        for moment in (message.sent_at, message.justified_at)
    ]
    return [
        *(message.kind, message.text, moments[0], reach_in_words(message), alert.get_absolute_url()),
        *(message.due_on.strftime("%d/%m/%Y"), message.justification, moments[1]),
        *(str(person or "") for person in (message.justified_by, alert.proposer, alert.second)),
        *(_("sí") if alert.alone else _("no"), "" if alert.waited is None else str(alert.waited)),
    ]


def csv_lines() -> Iterator[str]:
    messages = ExtraordinaryMessage.objects.select_related(
        *("alert", "alert__thread", "alert__proposer", "alert__second", "justified_by")
    )
    yield BOM + line(headings())
    for message in messages.iterator(chunk_size=200):
        yield line([plain(cell) for cell in row(message)])


def line(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue()
