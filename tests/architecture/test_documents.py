"""What a document says is so: links lead somewhere, commands are described, decisions have their three parts."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import load_command_class

from architecture.project import ROOT, SOURCE, committed, floors
from pregon.accounts.enums import Role
from pregon.accounts.registry import GRANTS
from pregon.analytics.reading import HOSTS, LINKING, MARKS, ROBOTS
from pregon.config.cli import COMMANDS
from pregon.newsroom.folders import OPTIONAL, REQUIRED, VIDEO_HOSTS
from pregon.plan import registry as measures
from pregon.website import front

REFERENCE = ROOT / "docs" / "reference"
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
FENCE = re.compile(r"^(````*).*?^\1$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^(````*).*?^\1$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)

#: What Django gives to every command, explained once at the top of the page.
OF_DJANGO = {
    "--force-color",
    "--help",
    "--no-color",
    "--pythonpath",
    "--settings",
    "--skip-checks",
    "--traceback",
    "--verbosity",
    "--version",
}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The names under which a page's headings can be reached, as code forges make them."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path) -> list[str]:
    broken = []
    for link in LINK.findall(CODE.sub("", text_of(path))):
        if ELSEWHERE.match(link):
            continue
        name, _, anchor = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(f"{path.relative_to(ROOT)}: {link}")
    return broken


def section(page: str, title: str) -> str:
    """What stands under a heading, up to the next one of the same rank or a higher one."""
    found = re.search(rf"^(#+) {re.escape(title)}$", page, re.MULTILINE)
    assert found, f"There is no heading “{title}”."
    rest = page[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


# --- Links --------------------------------------------------------------------------------------------------


def test_every_link_between_documents_leads_somewhere() -> None:
    documents = [path for path in committed() if path.suffix == ".md"]
    assert documents
    assert [link for path in documents for link in broken_links(path)] == []


def test_every_document_can_be_reached_from_the_first_page_of_docs() -> None:
    start = ROOT / "docs" / "README.md"
    reached, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        for link in LINK.findall(CODE.sub("", text_of(path))):
            target = (path.parent / unquote(link).partition("#")[0]).resolve()
            if (
                not ELSEWHERE.match(link)
                and target.suffix == ".md"
                and target.exists()
                and target not in reached
            ):
                reached.add(target)
                waiting.append(target)
    assert set((ROOT / "docs").rglob("*.md")) - reached == set()


# --- Commands -----------------------------------------------------------------------------------------------


def test_every_command_is_described() -> None:
    described = re.findall(r"^## `pregon ([a-z-]+)", text_of(REFERENCE / "commands.md"), re.MULTILINE)
    assert described == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_described_and_no_other(name: str) -> None:
    page = text_of(REFERENCE / "commands.md")
    [title] = re.findall(rf"^## (`pregon {name}\b.*)$", page, re.MULTILINE)
    parser = load_command_class("pregon.config", name).create_parser("pregon", name)
    own = {
        option
        for action in parser._actions
        for option in action.option_strings
        if option.startswith("--") and option not in OF_DJANGO
    }
    assert set(re.findall(r"^\| `(--[a-z-]+)", section(page, title), re.MULTILINE)) == own


# --- Decisions ----------------------------------------------------------------------------------------------


def test_decisions_are_numbered_without_a_gap() -> None:
    assert DECISIONS
    assert [path.name[:5] for path in DECISIONS] == [f"{n:04d}-" for n in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_tells_context_decision_and_consequences(path: Path) -> None:
    text = text_of(path)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert len(text.split()) < 700, "A decision is one page."


# --- Wounds -------------------------------------------------------------------------------------------------


def test_every_test_that_a_wound_names_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text_of(REFERENCE / "wounds.md"))
    assert named
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or not re.search(rf"^def {name}\(", text_of(ROOT / path), re.MULTILINE)
    ]
    assert missing == []


def test_every_wound_is_proved_or_has_its_place() -> None:
    page = text_of(REFERENCE / "wounds.md")
    titles = re.findall(r"^## (B(\d+)\. .+)$", page, re.MULTILINE)
    assert [int(number) for _title, number in titles] == list(range(1, len(titles) + 1))
    open_ones = [
        title for title, _number in titles if not re.search(r"::test_|\*\*Belongs to `", section(page, title))
    ]
    assert open_ones == []


# --- What an office is told ---------------------------------------------------------------------------------


def test_the_page_on_roles_lists_exactly_what_each_role_is_granted() -> None:
    page = text_of(REFERENCE / "permissions.md")
    told = {role: set(re.findall(r"`([a-z]+\.[a-z_]+)`", section(page, role.value))) for role in Role}
    granted = {role: set(GRANTS[role]) for role in Role}
    granted[Role.HEAD] = granted[Role.HEAD] - set().union(
        *(granted[role] for role in Role if role != Role.HEAD)
    )
    assert told == granted


def test_the_page_on_folders_names_every_key_that_is_read() -> None:
    page = text_of(ROOT / "docs" / "how-to" / "publicar-una-carpeta.md")
    assert re.findall(r"^\| `([a-z_]+)` \|", section(page, "Los datos"), re.MULTILINE) == [
        *REQUIRED,
        *OPTIONAL,
    ]
    assert [host for host in VIDEO_HOSTS if host not in page] == []


def test_the_glossary_names_things_that_exist() -> None:
    names = re.findall(r"`pregon\.([a-z_.]+)\.(\w+)`", text_of(ROOT / "docs" / "glossary.md"))
    assert names
    missing = [
        f"{module}.{name}" for module, name in names if not hasattr(import_module(f"pregon.{module}"), name)
    ]
    assert missing == []


def test_the_layers_in_the_drawing_are_those_of_the_linter() -> None:
    page = text_of(ROOT / "docs" / "explanation" / "architecture.md")
    drawn = re.findall(r"^│ +([a-z]+(?: +· +[a-z]+)*) +│", page, re.MULTILINE)
    built = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").is_file()}
    floor = floors()
    levels = sorted(set(floor.values()), reverse=True)
    order = [sorted(name for name in built if floor[name] == level) for level in levels]
    assert [sorted(re.split(r" +· +", line)) for line in drawn] == [line for line in order if line]


def test_nginx_says_of_a_file_what_our_own_front_says() -> None:
    site = text_of(ROOT / "deploy" / "nginx" / "pregon.conf")
    ages = [front.CACHE_PAGE, front.CACHE_PHOTO, front.CACHE_STATIC, front.CACHE_HASHED]
    safety = [f'{name} "{said}" always;' for name, said in front.SAFETY.items()]
    # Which pages other sites may frame is told by the address, and proved under nginx itself.
    plain = re.sub(r"[ \t]+", " ", site).replace("frame-ancestors $pregon_frames;", "frame-ancestors 'self';")
    assert [said for said in [*safety, *(f'"{age}"' for age in ages)] if said not in plain] == []


def test_nginx_counts_what_our_own_front_counts() -> None:
    site = text_of(ROOT / "deploy" / "nginx" / "pregon.conf")

    def lines(variable: str) -> list[str]:
        found = re.search(rf"^map \S.* \${variable} \{{\n(.*?)^\}}", site, re.MULTILINE | re.DOTALL)
        assert found
        return [line.strip() for line in found[1].splitlines()]

    marks = [f"{mark} {source.value};" for mark, source in MARKS.items()]
    assert lines("pregon_source") == ["default $pregon_linked;", *marks]
    hosts = [f"{host} {source.value};" for host, source in HOSTS.items()]
    assert lines("pregon_linked") == ["hostnames;", "default other;", *hosts]
    assert lines("pregon_linking") == [f'"~*{pattern}" {name};' for pattern, name in LINKING]
    assert lines("pregon_person") == ["default 1;", f'"~*{ROBOTS}" 0;']


def test_nginx_keeps_no_address_of_a_reader() -> None:
    site = text_of(ROOT / "deploy" / "nginx" / "pregon.conf")
    logs = re.findall(r"^\s*access_log ([^;]+);", site, re.MULTILINE)
    assert [log.split()[:2] for log in logs] == [["off"], ["/var/log/pregon/views.log", "pregon_views"]]
    [form] = re.findall(r'^log_format pregon_views "(.+)";$', site, re.MULTILINE)
    assert form == "1 $pregon_source $uri $pregon_hour"


def test_nginx_never_serves_what_is_not_public() -> None:
    site = text_of(ROOT / "deploy" / "nginx" / "pregon.conf")
    served = set(re.findall(r"^\s*(?:[^#\n]*\{\s*)?root (/var/lib/pregon[^;]*);", site, re.MULTILINE))
    assert served == {"/var/lib/pregon/baked", "/var/lib/pregon"}
    assert re.findall(r"^\s*location (.+?)\s*\{\s*root /var/lib/pregon;", site, re.MULTILINE) == [
        "^~ /static/"
    ]
    assert re.findall(r"\balias\b", site) == []


def test_every_measure_is_listed_with_its_own_words() -> None:
    page = (REFERENCE / "measures.md").read_text(encoding="utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `")]
    told = []
    for name in measures.names():
        measure = measures.find(name)
        narrowed = ", ".join(f"`{parameter}`" for parameter in sorted(measure.parameters)) or "–"
        told.append(f"| `{name}` | {measure.title} | {measure.how} | {narrowed} |")
    assert listed == told
