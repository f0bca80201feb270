"""Who follows, as their own server describes them: where their inbox is, and the key that they sign with.

What a server says of somebody is believed only at that somebody's own address, so whoever signs with the key found
there is who they say. Descriptions are kept for a while; of a server that has one inbox for all, the inbox is enough.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils.translation import gettext as _

from pregon.channels.activitypub import places, signatures
from pregon.core.http import Answer, Http, OutboundError, Unreachable, object_in, waiting
from pregon.delivery.errors import DestinationGone, Postponed, Rejected

ADDRESS = re.compile(r"https?://[a-z0-9.-]{1,253}(?::[0-9]{1,5})?/[!-~]{1,700}", re.IGNORECASE | re.ASCII)
READS = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
PATIENCE = timedelta(seconds=5)
LARGEST = 256 * 1024
#: How long a description is good, in seconds, and how long one that was just asked for is not asked for again.
GOOD, JUST_ASKED = 24 * 3600, 300
SOON, LATER = timedelta(minutes=2), timedelta(minutes=5)


class Nobody(Rejected):
    """En esa dirección no hay nadie del fediverso."""


class NotFound(Postponed):
    """Su servidor dice que no conoce esa dirección; se intentará de nuevo."""

    def __init__(self) -> None:
        # A server that is being mended answers so for everybody: only 410 says that somebody left for good.
        super().__init__(
            _("Su servidor dice que no conoce esa dirección; se intentará de nuevo."), wait=LATER
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the fediverse; mostly people, sometimes programs."""

    id: str
    inbox: str
    shared: str
    handle: str
    #: Public keys in PEM, by their name.
    keys: Mapping[str, str]

    @property
    def door(self) -> str:
        """Where all of their server take what is meant for everybody."""
        return self.shared or self.inbox


class People:
    """Asks servers who somebody is, with our signature: some tell nobody else."""

    def __init__(self, http: Http, *, key: str, allow_private: bool) -> None:
        self._http = http
        self._key = key
        self._schemes = {"https", "http"} if allow_private else {"https"}

    def address(self, given: str) -> str:
        """The one spelling of an address. Raises ``Rejected`` for what is none."""
        address = given.strip()
        parts = urlsplit(address) if ADDRESS.fullmatch(address) else None
        if parts is None or parts.scheme.lower() not in self._schemes:
            raise Nobody(_("La dirección de quien sigue a la oficina empieza con https://."))
        return f"{parts.scheme.lower()}://{parts.netloc.lower()}{address.split(parts.netloc, 1)[1]}"

    def find(self, id_: str, *, anew: bool = False) -> Person:
        """Whoever has this address. ``anew`` asks although the answer is known, but not over and over."""
        shelf = f"activitypub/person/{digest(id_)}"
        known, asked_at = cache.get(shelf, (None, 0.0))
        now = datetime.now(UTC).timestamp()
        if isinstance(known, Person) and not (anew and now - asked_at > JUST_ASKED):
            return known
        person = self._ask(id_)
        cache.set(shelf, (person, now), GOOD)
        if person.shared:
            cache.set(f"activitypub/door/{origin_of(id_)}", person.shared, GOOD)
        return person

    def door_of(self, id_: str) -> str:
        """Where the server of somebody takes what is meant for everybody."""
        known = cache.get(f"activitypub/door/{origin_of(id_)}")
        return str(known) if known else self.find(id_).door

    def _ask(self, id_: str) -> Person:
        headers = signatures.signed("GET", id_, key=self._key, key_id=places.key(), at=datetime.now(UTC)) | {
            "Accept": READS
        }
        try:
            answer = self._http.get(id_, headers=headers, timeout=PATIENCE, max_bytes=LARGEST)
        except Unreachable as silence:
            raise Postponed(str(silence), wait=SOON) from silence
        except OutboundError as refusal:
            raise Nobody(str(refusal)) from refusal
        return self._person_in(answer, id_)

    def _person_in(self, answer: Answer, id_: str) -> Person:
        match answer.status_code:
            case 404:
                raise NotFound
            case 410:
                raise DestinationGone(_("Su servidor dice que esa cuenta ya no existe."))
            case 429 | 503:
                raise Postponed(
                    _("El servidor de quien sigue pidió esperar."),
                    wait=waiting(answer.headers.get("retry-after", ""), otherwise=SOON),
                )
            case status if status >= 500:
                raise Postponed(
                    _("El servidor de quien sigue tiene problemas (%(status)s).") % {"status": status}
                )
            case status if status >= 400:
                raise Nobody(
                    _("El servidor de quien sigue no dijo quién es (%(status)s).") % {"status": status}
                )
        try:
            return self._described(object_in(answer) or {}, id_)
        except (TypeError, AttributeError, RecursionError) as unreadable:
            raise Nobody from unreadable

    def _described(self, told: Mapping[str, Any], id_: str) -> Person:
        """Raises ``Nobody`` for a description of somebody else."""
        if self.address(str(told.get("id"))) != id_:
            raise Nobody
        shared = (told.get("endpoints") or {}).get("sharedInbox") or ""
        keys = told.get("publicKey") or []
        return Person(
            id=id_,
            inbox=self._beside(id_, told.get("inbox")),
            shared=self._beside(id_, shared) if shared else "",
            handle=f"@{str(told.get('preferredUsername') or '')[:60]}@{urlsplit(id_).netloc}",
            keys={
                str(key.get("id")): str(key.get("publicKeyPem"))
                for key in (keys if isinstance(keys, list) else [keys])
                if key.get("owner") == told["id"]
            },
        )

    def _beside(self, id_: str, address: Any) -> str:
        """An inbox, at a server that answers for this person: nobody points us at the server of somebody else."""
        inbox = self.address(str(address))
        if origin_of(inbox) != origin_of(id_):
            raise Nobody
        return inbox


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
