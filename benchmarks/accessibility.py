"""What axe finds wrong with each kind of public page and each page of ours on the desk, in light and dark, as a table:
``accessibility.py`` furnishes an office, reads it as the journeys do, and writes docs/reference/accessibility.md.

Exit code 1 when anything is found.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench import HERE, PREGON, Bench, bench, free_port, tell, wait_for_page
from playwright.sync_api import Browser, sync_playwright
from recording import FLAGS, chromium

PAGE = HERE.parent / "docs" / "reference" / "accessibility.md"
HEAD = "titular@mazamitla.ejemplo"
SCHEMES = ("light", "dark")
#: Pages of the desk beside those that the journey of readers opens.
MORE = (
    "en-vivo/",
    "en-vivo/1/",
    "en-vivo/2/",
    "alertas/",
    "alertas/nueva/",
    "alertas/nueva/inundacion/",
    "alertas/registro/",
    "alertas/1/",
    "alertas/2/editar/",
    "alertas/registro/1/",
    "agenda/actos/1/no-se-cubrira/",
    "boletines/nuevo/",
    "suscriptores/listas/",
    "suscriptores/no-escribir/",
    "suscriptores/1/baja/",
    "versiones/",
    "versiones/1/",
    "plan/1/",
    "plan/1/informe/",
    "plan/1/otro-ano/",
    "plan/2/metas/",
    "plan/1/meses/?comprobar=1",
    "plan/1/meses/1/cerrar/",
    "plan/1/meses/1/abrir/",
    "plan/1/actividad-1/capturar/",
    "plan/1/actividad-1/1/desviacion/",
    "plan/importar/",
    "plan/importar/1/",
    "plan/medida/vista/?measure=acts_covered",
)
#: What no page of the site leads to, beside the bulletin that was withdrawn.
FRAMED = ("/incrustar/noticias/", "/incrustar/agenda/", "/incrustar/alerta/")
ENTER = """
from pregon.accounts.models import User
head = User.objects.get(email={email!r})
head.set_password({password!r})
head.save()
"""
#: What makes every page be there: a document to confirm, a closed month, another year; an alert that is being written,
#: a bulletin that was withdrawn.
FURNISH = """
from django.utils import timezone
from pregon.plan import actions
from pregon.plan.models import Plan
now, plan = timezone.now(), Plan.objects.earliest("pk")
actions.hand_in({document!r}, name="programa.txt", by=head, at=now)
actions.begin_year(plan, plan.year + 1, by=head, at=now)
if (month := timezone.localdate().month) > 2:
    actions.close_month(plan, month - 1, by=head, at=now)
from pregon.alerts import actions as alerts
from pregon.alerts.enums import Status
from pregon.alerts.models import AlertTemplate
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin
alerts.begin(AlertTemplate.objects.earliest("pk"), status=Status.ACTUAL, by=head, at=now)
newsroom.withdraw(Bulletin.objects.live().earliest("first_published_at"), reason="Muestra.", by=head, at=now)
"""
HANDED_IN = """PROGRAMA PRESUPUESTAL 2026
Cobertura
OBJETIVO GENERAL:
Que la gente se entere a tiempo
INDICADOR:
Actos cubiertos
LINEA BASE 2025:
60%
ESPERADO 2026:
NA
"""
DOCUMENT = """# Accessibility

Written by `benchmarks/accessibility.py`; do not edit by hand. axe-core {axe} with all its rules for WCAG 2.0 to 2.2, A
and AA, and its best practices, over a furnished sample office: one page of each kind that a reader can reach, on a
phone, and our own pages on the desk (their content, without Wagtail's frame and editor), on a large screen. {day}.

Found in all: **{total}** on {count} pages, each in light and dark. Again: `make accessibility`.

| page | light | dark |
|---|---|---|
{lines}

What no program finds is looked at by hand and in the journeys: the order of reading and of the keys, subscribing and
searching with the keys alone, and that nothing needs a script (`tests/journeys/test_reading.py`).
"""


def survey(place: Bench) -> list[tuple[str, list[str]]]:
    """Each page by its title, and what is wrong with it."""
    home, port, password = place.office(), free_port(), secrets.token_urlsafe(12)
    enter = ENTER.format(email=HEAD, password=password) + FURNISH.format(document=HANDED_IN.encode())
    place.run([PREGON, "shell", "--no-imports", "-c", enter, "--home", home])
    with (
        place.process([PREGON, "up", "--home", home, "--port", port]),
        place.process([sys.executable, HERE / "inside" / "scene.py"], PREGON_HOME=str(home)) as desk,
        sync_playwright() as playwright,
    ):
        assert desk.stdin
        assert desk.stdout
        coverage = json.loads(desk.stdout.readline())["page"]
        for line in ("Sale el contingente de la plaza.", "alert"):
            print(line, file=desk.stdin, flush=True)
            desk.stdout.readline()
        url = f"http://localhost:{port}"
        wait_for_page(url + coverage)
        os.environ |= place.environment | {"PREGON_HOME": str(home), "DJANGO_ALLOW_ASYNC_UNSAFE": "1"}
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        try:
            return read(browser, url, home=str(home), password=password)
        finally:
            browser.close()


def read(browser: Browser, url: str, *, home: str, password: str) -> list[tuple[str, list[str]]]:
    sys.path.insert(0, str(HERE.parent / "tests"))
    import django

    django.setup()
    from journeys.office import Office, log_in  # what the journeys open, and by which rules
    from journeys.reader import Reader
    from journeys.test_reading import DESK, one_page_of_each_kind
    from pregon.newsroom.models import Bulletin

    found = []
    public = Reader(browser, url, phone=True)
    withdrawn = Bulletin.objects.filter(withdrawn_at__isnull=False).latest("withdrawn_at").get_absolute_url()
    for path in (*one_page_of_each_kind(Office(url, Path(home))), withdrawn, *FRAMED):
        faults = public.faults_of(path)
        found.append((f"{public.page.title()} `{path}`", faults))
    head = Reader(browser, url)
    log_in(head.open("/escritorio/"), HEAD, password)
    newest = re.findall(r"/escritorio/boletines/(\d+)/", head.open("/escritorio/boletines/").content())[0]
    for path in (*DESK, *MORE):
        address = f"/escritorio/{path.format(bulletin=newest)}"
        answer = head.page.goto(url + address)
        if answer is None or answer.status != 200:
            raise RuntimeError(f"{address} answered {answer and answer.status}.")
        faults = head.faults_of(address, inside="main")
        found.append((f"{head.page.title()} `{address}`", faults))
    return found


def document(found: list[tuple[str, list[str]]]) -> str:
    from journeys.reader import AXE

    [axe] = re.findall(r"axe v(\d+\.\d+\.\d+)", AXE)[:1]
    return DOCUMENT.format(
        axe=axe,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        total=sum(len(faults) for _page, faults in found),
        count=len(found),
        lines="\n".join(
            f"| {page.replace('|', '·')} | {' | '.join(said(faults, scheme) for scheme in SCHEMES)} |"
            for page, faults in found
        ),
    )


def said(faults: list[str], scheme: str) -> str:
    """The rules that were broken."""
    rules = [fault.split()[1].rstrip(":") for fault in faults if fault.startswith(f"{scheme} ")]
    return ", ".join(dict.fromkeys(rules)) or "0"


if __name__ == "__main__":
    with bench() as somewhere:
        tell("accessibility: every page, twice …")
        result = survey(somewhere)
    PAGE.write_text(document(result), encoding="utf-8")
    for page, faults in result:
        for fault in faults:
            print(page, fault, sep="\n  ", file=sys.stderr)
    sys.exit(any(faults for _page, faults in result))
