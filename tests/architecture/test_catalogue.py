"""The words that Wagtail leaves in English: what is read is what is written down, and nothing is lost on the way."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import DjangoTranslation
from django.views.i18n import JavaScriptCatalog

#: What the pages say, and what their scripts say.
DOMAINS = ("django", "djangojs")
CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "es" / "LC_MESSAGES"
ENTRY = re.compile(
    r'msgid "(?P<one>.+)"\n(?:msgid_plural "(?P<many>.+)"\n)?'
    r'msgstr(?:\[0\])? "(?P<uno>.+)"(?:\nmsgstr\[1\] "(?P<varios>.+)")?'
)
SLOT = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def written(domain: str) -> list[dict[str, str]]:
    source = (CATALOGUE / f"{domain}.po").read_text(encoding="utf-8").replace(r"\"", '"')
    return [
        {name: said or "" for name, said in entry.groupdict().items()} for entry in ENTRY.finditer(source)
    ]


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_compiled_catalogue_says_what_its_source_says(domain: str) -> None:
    with (CATALOGUE / f"{domain}.mo").open("rb") as compiled:
        catalogue = gettext.GNUTranslations(compiled)
    assert (
        len(written(domain)) == (CATALOGUE / f"{domain}.po").read_text(encoding="utf-8").count("\nmsgid ") - 1
    )
    assert [
        entry for entry in written(domain) if catalogue.gettext(entry["one"]).strip() != entry["uno"].strip()
    ] == []


@pytest.mark.parametrize(
    "entry",
    [entry for domain in DOMAINS for entry in written(domain)],
    ids=lambda entry: str(entry["one"])[:40],
)
def test_no_translation_asks_for_what_is_not_told(entry: dict[str, str]) -> None:
    told = SLOT.findall(entry["one"] + entry["many"])
    assert [slot for slot in SLOT.findall(entry["uno"] + entry["varios"]) if slot not in told] == []


def test_the_desk_reads_it_before_wagtails_own() -> None:
    assert (_("Search…"), _("Last login")) == ("Buscar…", "Última entrada")


def test_the_scripts_of_the_desk_read_it_too() -> None:
    catalogue = JavaScriptCatalog(packages=["wagtail.admin"])
    catalogue.translation = DjangoTranslation(
        "es", domain="djangojs", localedirs=catalogue.get_paths(["wagtail.admin"])
    )
    said = catalogue.get_catalog()
    assert (said["Autosave in progress…"], said["%(num)s min"]) == (
        "Guardando solo…",
        ["%(num)s minuto", "%(num)s minutos"],
    )
