"""Which requests are views of a page, where they came from, and how a line of the views log says so.

The front and nginx write the same lines: ``deploy/nginx/pregon.conf`` carries these very expressions, and a test
compares them. What a request says about its reader is looked at while it is answered, and nothing of it is written
down: a line holds a count, a kind of place, an address of this site and an hour.

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

#: Whoever calls itself a program; so is who says nothing at all. Cubot is a maker of phones.
ROBOTS = (
    r"(?<!cu)bot|crawl|spider|slurp|preview|fetch|scan|monitor|archiver|validator|lighthouse|headless|embed"
    r"|facebookexternalhit|meta-external|mediapartners|google-|googleother|^whatsapp/|mastodon/|http\.rb"
    r"|^(?:python|curl|wget|java|go-http|okhttp|axios|node|php|ruby|perl|libwww|apache|dart|postman)"
)
#: The mark of our own links (``?de=correo``), where a reader who follows one brings no word of it along.
MARKS = {
    "correo": Source.EMAIL,
    "whatsapp": Source.WHATSAPP,
    "telegram": Source.TELEGRAM,
    "aviso": Source.BROWSER,
}
#: Who linked here, told by ``HOST REFERRER``: a word of ours, or the host in the first group.
LINKING = (
    (r"^\S* $", "none"),
    (r"^(\S+) https?://\1(?:[:/]|$)", "site"),
    (r"^\S* (?:https?|android-app)://([^/:?#\s]+)", "$1"),
)
#: Whose host that is, as nginx tells names: with a dot in front all below it too.
HOSTS = {
    "none": Source.NONE,
    "site": Source.SITE,
    "mail.google.com": Source.EMAIL,
    "mail.yahoo.com": Source.EMAIL,
    "outlook.live.com": Source.EMAIL,
    "outlook.office.com": Source.EMAIL,
    "outlook.office365.com": Source.EMAIL,
    "com.google.android.gm": Source.EMAIL,
    ".google.com": Source.SEARCH,
    ".google.com.mx": Source.SEARCH,
    ".google.com.ar": Source.SEARCH,
    ".google.com.co": Source.SEARCH,
    ".google.es": Source.SEARCH,
    ".google.ca": Source.SEARCH,
    "com.google.android.googlequicksearchbox": Source.SEARCH,
    ".bing.com": Source.SEARCH,
    ".duckduckgo.com": Source.SEARCH,
    ".ecosia.org": Source.SEARCH,
    ".qwant.com": Source.SEARCH,
    ".startpage.com": Source.SEARCH,
    ".search.brave.com": Source.SEARCH,
    ".search.yahoo.com": Source.SEARCH,
    ".facebook.com": Source.FACEBOOK,
    ".fb.com": Source.FACEBOOK,
    ".fb.me": Source.FACEBOOK,
    ".messenger.com": Source.FACEBOOK,
    "com.facebook.katana": Source.FACEBOOK,
    "com.facebook.lite": Source.FACEBOOK,
    "com.facebook.orca": Source.FACEBOOK,
    ".instagram.com": Source.INSTAGRAM,
    "com.instagram.android": Source.INSTAGRAM,
    ".whatsapp.com": Source.WHATSAPP,
    ".wa.me": Source.WHATSAPP,
    "com.whatsapp": Source.WHATSAPP,
    ".telegram.org": Source.TELEGRAM,
    ".telegram.me": Source.TELEGRAM,
    ".t.me": Source.TELEGRAM,
    "org.telegram.messenger": Source.TELEGRAM,
    ".twitter.com": Source.X,
    ".x.com": Source.X,
    ".t.co": Source.X,
    ".bsky.app": Source.BLUESKY,
    ".bsky.social": Source.BLUESKY,
    ".mastodon.social": Source.FEDIVERSE,
    ".mastodon.online": Source.FEDIVERSE,
    ".mastodon.world": Source.FEDIVERSE,
    ".mstdn.mx": Source.FEDIVERSE,
    ".mstdn.social": Source.FEDIVERSE,
}
#: A page ends in a slash; feeds, photos and styles do not. What is longer is no address of ours.
PAGE = r"^(/(?:[!-;=@-\[\]-~]{0,998}/)?)(?:\?|$)"
MARK = re.compile(r"(?:^|&)de=([^&]*)", re.IGNORECASE)

_robots = re.compile(ROBOTS, re.IGNORECASE)
_linking = [(re.compile(told, re.IGNORECASE), name) for told, name in LINKING]
_page = re.compile(PAGE)


# --- Requests, in the bytes in which they come: answered again and again, so told once --------------------------


@lru_cache(maxsize=512)
def is_robot(agent: bytes) -> bool:
    return not agent or bool(_robots.search(agent.decode("latin-1")))


@lru_cache(maxsize=512)
def source_of(mark: bytes, host: bytes, referrer: bytes) -> str:
    """The mark of our own link counts before whoever shows it."""
    if marked := MARKS.get(mark.decode("latin-1").lower()):
        return marked.value
    name = re.sub(r":\d+$", "", host.decode("latin-1"))
    told = f"{name} {referrer.decode('latin-1')}"
    for pattern, who in _linking:
        if found := pattern.search(told):
            return owner_of(found[1] if who == "$1" else who).value
    return Source.OTHER.value


def owner_of(host: str) -> Source:
    """Exact names come before wide ones, and of these the nearest, as nginx has it."""
    labels = host.lower().rstrip(".").split(".")
    wanted = [".".join(labels)]
    wanted += [f".{'.'.join(labels[start:])}" for start in range(len(labels))]
    return next((HOSTS[name] for name in wanted if name in HOSTS), Source.OTHER)


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
ESCAPED = re.compile(rb"\\x([0-9A-F]{2})")
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
    """The address behind ``raw`` as pages are called, "" when none can be called so. Our front writes it as it was
    asked for; nginx the file that it found, with letters beyond ASCII in a manner of its own."""
    plain = ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), raw.removesuffix(b"index.html"))
    try:
        path = unquote_to_bytes(plain).decode("utf-8")
    except UnicodeDecodeError:
        return ""
    page = path.startswith("/") and path.endswith("/") and "//" not in path and "/." not in path
    return path if page and path.isprintable() and "\\" not in path and len(path) <= LONGEST else ""
