"""Which requests are views of a page, where they came from, and how a line of the views log says so.

The front and nginx write the same lines: ``deploy/nginx.conf`` carries these very expressions, and a test compares
them. What a request says about its reader is looked at while it is answered, and nothing of it is written down: a line
holds a count, a kind of place, an address of this site and an hour.

    1 facebook /boletines/2026-012-pozo/ 2026-11-27T18+00:00

The hour stands last, for its length is known: a line that was cut off, by a full disk or a killed process, is no line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from pregon.analytics.enums import Source

#: Whoever calls itself a program, or nothing at all. Cubot is a maker of phones.
ROBOTS = (
    r"^$|(?<!cu)bot|crawl|spider|slurp|preview|fetch|scan|monitor|archiver|validator|lighthouse|headless|embed"
    r"|facebookexternalhit|meta-external|mediapartners|google-|googleother|^whatsapp/|mastodon/|http\.rb"
    r"|^(?:python|curl|wget|java|go-http|okhttp|axios|node|php|ruby|perl|libwww|apache|dart|postman)"
)
#: A page that linked here, on a site or below it, and where its name ends.
LINKED = r"^\S* \S* "
SITE = rf"{LINKED}https?://(?:[\w-]+\.)*"
END = r"(?:[:/]|$)"
#: Where a request comes from, told by ``MARK HOST REFERER``: the mark of our own links (``?de=correo``), the host that
#: was asked, and the page that linked here. The first that fits counts.
SOURCES = (
    (r"^correo ", Source.EMAIL),
    (r"^whatsapp ", Source.WHATSAPP),
    (r"^telegram ", Source.TELEGRAM),
    (r"^aviso ", Source.BROWSER),
    (rf"{LINKED}$", Source.NONE),
    (rf"^\S* (\S+) https?://\1{END}", Source.SITE),
    (
        rf"{LINKED}https?://(?:mail\.google|mail\.yahoo|outlook\.live|outlook\.office(?:365)?)\.com{END}",
        Source.EMAIL,
    ),
    (rf"{LINKED}android-app://com\.google\.android\.gm{END}", Source.EMAIL),
    (rf"{SITE}google\.(?:com|com\.[a-z][a-z]|co\.[a-z][a-z]|[a-z][a-z]){END}", Source.SEARCH),
    (
        rf"{SITE}(?:bing|ecosia|duckduckgo|qwant|startpage|search\.yahoo|search\.brave)\.(?:com|org){END}",
        Source.SEARCH,
    ),
    (rf"{LINKED}android-app://com\.google\.android\.googlequicksearchbox{END}", Source.SEARCH),
    (rf"{SITE}(?:facebook\.com|fb\.com|fb\.me|messenger\.com){END}", Source.FACEBOOK),
    (rf"{LINKED}android-app://com\.facebook\.[a-z]+{END}", Source.FACEBOOK),
    (rf"{SITE}instagram\.com{END}", Source.INSTAGRAM),
    (rf"{SITE}(?:whatsapp\.com|wa\.me){END}", Source.WHATSAPP),
    (rf"{SITE}(?:telegram\.org|telegram\.me|t\.me){END}", Source.TELEGRAM),
    (rf"{LINKED}android-app://org\.telegram\.[a-z.]+{END}", Source.TELEGRAM),
    (rf"{SITE}(?:twitter\.com|x\.com|t\.co){END}", Source.X),
    (rf"{SITE}(?:bsky\.app|bsky\.social){END}", Source.BLUESKY),
    (rf"{SITE}(?:mastodon|mstdn)\.[a-z.]+{END}", Source.FEDIVERSE),
)
#: A page ends in a slash; feeds, photos and styles do not. What is longer is no address of ours.
PAGE = r"^(/(?:[!-;=@-\[\]-~]{0,998}/)?)(?:\?|$)"
MARK = re.compile(r"(?:^|&)de=([^&]*)", re.IGNORECASE)

_robots = re.compile(ROBOTS, re.IGNORECASE)
_sources = [(re.compile(told, re.IGNORECASE), source) for told, source in SOURCES]
_page = re.compile(PAGE)


# --- Requests, in the bytes in which they come: answered again and again, so told once --------------------------


@lru_cache(maxsize=512)
def is_robot(agent: bytes) -> bool:
    return bool(_robots.search(agent.decode("latin-1")))


@lru_cache(maxsize=512)
def source_of(mark: bytes, host: bytes, referrer: bytes) -> str:
    name = re.sub(r":\d+$", "", host.decode("latin-1"))
    told = f"{mark.decode('latin-1')} {name} {referrer.decode('latin-1')}"
    return next((source for pattern, source in _sources if pattern.search(told)), Source.OTHER).value


@lru_cache(maxsize=64)
def mark_of(query: bytes) -> bytes:
    found = MARK.search(query.decode("latin-1"))
    return found[1].encode("latin-1") if found else b""


@lru_cache(maxsize=512)
def page_of(target: bytes) -> str:
    """The page that a request names, "" when it names none."""
    found = _page.match(target.decode("latin-1"))
    return found[1] if found else ""


def is_navigation(*, mode: bytes, dest: bytes, purpose: bytes) -> bool:
    """Whether a person goes there now. Browsers say what a request is for: what a script fetches, what is fetched
    ahead and what is drawn inside of another page are none. Old browsers say nothing."""
    return mode in {b"", b"navigate"} and dest in {b"", b"document", b"empty"} and not purpose


def hour_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H}+00:00"


# --- Lines --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """Views of one page in one hour, from one kind of place."""

    path: str
    source: Source
    hour: datetime


LINE = re.compile(rb"([1-9]\d{0,6}) ([a-z]{1,12}) (/[!-~]{0,999}) (\d{4}-\d\d-\d\dT\d\d[+-]\d\d:\d\d)")
#: Longest address that can be kept as a page.
LONGEST = 500


def written(views: Iterable[tuple[tuple[str, str, str], int]]) -> list[bytes]:
    """The lines that say ``views``: source, page and hour, and how many."""
    return [f"{count} {source} {page} {hour}\n".encode("ascii") for (source, page, hour), count in views]


def counted(lines: bytes) -> Counter[Seen]:
    """What whole ``lines`` say; whatever is none of ours says nothing."""
    found: Counter[Seen] = Counter()
    for line, repeated in Counter(lines.split(b"\n")).items():
        match = LINE.fullmatch(line)
        if match is None:
            continue
        times, source, raw, hour = match.groups()
        path = address(raw)
        try:
            seen = Seen(path, Source(source.decode()), datetime.fromisoformat(hour.decode()).astimezone(UTC))
        except (ValueError, OverflowError):  # no such source, no such hour
            continue
        if path:
            found[seen] += int(times) * repeated
    return found


def address(raw: bytes) -> str:
    """The address behind ``raw`` as pages are called, "" when none can be called so."""
    try:
        path = unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    plain = path.startswith("/") and path.endswith("/") and "//" not in path and "/." not in path
    return path if plain and path.isprintable() and "\\" not in path and len(path) <= LONGEST else ""
