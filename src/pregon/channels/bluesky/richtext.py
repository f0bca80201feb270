"""Links and hashtags of a post. Bluesky wants to be told where each stands, in bytes of UTF-8."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from pregon.core.text import address_in

FACET = "app.bsky.richtext.facet"
#: What Bluesky takes for one hashtag.
LONGEST_TAG = 64

_spoken = re.compile(
    r"(?P<address>https?://[^\s<>\"«»“”]+)|(?<![\w#&/])#(?P<tag>\d*[^\W\d_]\w*)", re.IGNORECASE
)


def facets_of(text: str, *, foot: str = "", url: str = "") -> list[dict[str, Any]]:
    """Every address and hashtag in ``text``, and ``foot`` at its end, which leads to ``url``."""
    body = text.removesuffix(foot) if url else text
    found = []
    for match in _spoken.finditer(body):
        if address := address_in(match["address"] or ""):
            found.append(facet(text, match.start(), match.start() + len(address), link(address)))
        elif len(tag := match["tag"] or "") in range(1, LONGEST_TAG + 1):
            found.append(facet(text, match.start(), match.end(), {"$type": f"{FACET}#tag", "tag": tag}))
    if url and foot:
        found.append(facet(text, len(body), len(text), link(url)))
    return found


def link(uri: str) -> dict[str, Any]:
    return {"$type": f"{FACET}#link", "uri": uri}


def facet(text: str, start: int, end: int, feature: dict[str, Any]) -> dict[str, Any]:
    place = {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())}
    return {"index": place, "features": [feature]}


def as_html(text: str, facets: list[dict[str, Any]]) -> str:
    """The post as a reader sees it."""
    raw, html, at = text.encode(), "", 0
    for one in sorted(facets, key=lambda facet: facet["index"]["byteStart"]):
        start, end = one["index"]["byteStart"], one["index"]["byteEnd"]
        [feature] = one["features"]
        words = escape(raw[start:end].decode())
        html += escape(raw[at:start].decode())
        html += f'<a href="{escape(feature["uri"])}">{words}</a>' if "uri" in feature else f"<b>{words}</b>"
        at = end
    return (html + escape(raw[at:].decode())).replace("\n", "<br>")
