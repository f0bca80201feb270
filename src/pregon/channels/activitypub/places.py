"""The addresses of the office's actor: all behind its channel's door, but for those that everybody knows beforehand."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from django.conf import settings

DOOR = "/entrada/activitypub/"
ACTOR, OUTBOX, FOLLOWERS, NODEINFO = "oficina", "salida", "seguidores", "nodeinfo"
WEBFINGER, NODES = "/.well-known/webfinger", "/.well-known/nodeinfo"
NOTE = re.compile(r"nota/([0-9]{1,18})")
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


def at(place: str) -> str:
    """The full address of a place behind the door; of the door itself, which is the inbox, with ""."""
    return f"{settings.BASE_URL}{DOOR}{place}"


def host() -> str:
    return urlsplit(settings.BASE_URL).netloc


def actor() -> str:
    return at(ACTOR)


def key() -> str:
    return f"{actor()}#llave"


def note(dispatch: str) -> str:
    return at(f"nota/{quote(dispatch, safe='')}")


def note_in(url: str) -> str:
    """The note that a reference names; "" when it names none of ours."""
    found = NOTE.fullmatch(url.removeprefix(at("")))
    return url if found and url.startswith(at("")) else ""
