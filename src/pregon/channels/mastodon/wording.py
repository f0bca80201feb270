"""A message as a post: plain text in which a server counts every link as so many characters, however long it is."""

from __future__ import annotations

import re
import unicodedata

from pregon.channels.fitting import fitted
from pregon.channels.mastodon.server import Rules
from pregon.delivery.contract import Parcel

LINK = re.compile(r"https?://\S+", re.IGNORECASE)


def worded(parcel: Parcel, *, rules: Rules) -> str:
    """The post in at most as many characters as the server takes. The link always fits; the text gives way.

    Only the public address goes along: a receiver's own links have no place in a post.
    """
    return fitted(
        parcel.message,
        parcel.message.url,
        limit=rules.characters,
        measure=lambda text: length(text, per_link=rules.per_link),
    )


def length(text: str, *, per_link: int) -> int:
    """As a server counts: what looks like a link is ``per_link`` long. It counts letters with their accents as one."""
    return len(LINK.sub("l" * per_link, unicodedata.normalize("NFC", text)))
