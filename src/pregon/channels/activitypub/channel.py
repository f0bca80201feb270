"""The office's own actor: whoever follows it in the fediverse receives what it says, at their own server.

An address is the follower's actor, as their server names it. A reference is the note that stands at its address here:
a correction changes that very note, or says another in its place when a photo was taken away; a withdrawal takes it
back. Everything has a name that stays the same, so what is sent twice is there once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import BoundedSemaphore, Lock
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pregon.channels.activitypub import documents, places, signatures
from pregon.channels.activitypub.letters import Letter, letter_in
from pregon.channels.activitypub.people import NotFound, People, Person, digest, origin_of
from pregon.channels.activitypub.signatures import Signature, Unsigned
from pregon.channels.activitypub.wording import Wording, worded, worded_for_one
from pregon.channels.fitting import as_html
from pregon.channels.photos import shown
from pregon.core.http import Answer, Http, OutboundError, Unreachable, waiting
from pregon.delivery.contract import (
    Arrival,
    Channel,
    Document,
    Heard,
    HttpOptions,
    Limits,
    Manner,
    Notice,
    Parcel,
    Preview,
    Receipt,
    Shelf,
    Wish,
    option,
)
from pregon.delivery.enums import MessageKind
from pregon.delivery.errors import DeliveryError, DestinationGone, Misconfigured, Postponed, Rejected
from pregon.delivery.values import Message

USERNAME = re.compile(r"[a-z0-9_]{1,30}")
PATIENCE = timedelta(seconds=10)
LARGEST_ANSWER = 64 * 1024
SOON, AFTER_A_REST = timedelta(minutes=1), timedelta(minutes=5)
#: Lines a minute of one server; nearly all of them cost nothing, for one post serves all who share an inbox.
PACE = 3000
#: How long a server is known to have something, in seconds.
FRESH = 3600
#: How many calls may wait for another server at the same time.
ASKING = BoundedSemaphore(3)
FOLLOW_UPS = {MessageKind.CORRECTION, MessageKind.WITHDRAWAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPubOptions(HttpOptions):
    """The name by which people find the office, and the key it signs with."""

    secret: ClassVar[frozenset[str]] = frozenset({"private_key"})

    private_key: str = option(
        gettext_lazy("Clave privada"),
        gettext_lazy(
            "Se crea sola al guardar. Escribe una (RSA, en PEM) solo si traes la cuenta de otro sistema."
        ),
        seldom=True,
    )
    username: str = option(
        gettext_lazy("Nombre de la cuenta"),
        gettext_lazy(
            "La gente la busca como @nombre@dirección-del-sitio. Minúsculas, números y guion bajo. No lo cambies "
            "después: quien ya sigue a la oficina la conoce por él."
        ),
        default="boletines",
    )
    summary: str = option(
        gettext_lazy("Presentación"),
        gettext_lazy("Una o dos frases que se leen junto al nombre de la oficina."),
        default="",
    )

    def __post_init__(self) -> None:
        if not USERNAME.fullmatch(self.username):
            raise Misconfigured(
                _("El nombre de la cuenta lleva solo minúsculas, números y guion bajo, y a lo más 30.")
            )
        try:
            if self.private_key:
                signatures.key_in(self.private_key)
        except ValueError as bad:
            raise Misconfigured(
                _("La clave privada no es una clave RSA de 2048 bits o más: déjala vacía y se creará una.")
            ) from bad

    @classmethod
    def prepared(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        return {**values, "private_key": values.get("private_key") or signatures.draw()}


class ActivityPubChannel(Channel[ActivityPubOptions]):
    """Everybody who follows the office from Mastodon and its like."""

    kind = "activitypub"
    label = "Fediverso"
    options_class = ActivityPubOptions
    well_known = frozenset({"webfinger", "nodeinfo"})
    # A server fetches the picture from us as soon as it has the note, so it should be there by then.
    manner = Manner.POST
    limits = Limits(
        idempotent=True, uploads_picture=True, batch=200, at_once=8, give_up_after=timedelta(days=2)
    )

    def __init__(self, options: ActivityPubOptions, http: Http) -> None:
        super().__init__(options, http)
        self._people = People(http, key=options.private_key, allow_private=options.allow_private)
        self._lock = Lock()
        self._posts: dict[tuple[str, str], Future[None]] = {}
        self._resting: dict[str, Postponed] = {}

    # --- Contract: out ---

    def normalise(self, destination: str) -> str:
        return self._people.address(destination)

    def pace(self, destination: str) -> tuple[str, int]:
        return urlsplit(destination).netloc, PACE

    def check(self) -> str:
        if not (settings.BASE_URL.startswith("https://") or self.options.allow_private):
            raise Misconfigured(
                _(
                    "El fediverso solo encuentra sitios con https://: pon la dirección pública en PREGON_BASE_URL."
                )
            )
        return f"@{self.options.username}@{places.host()}"

    def preview(self, parcel: Parcel) -> Preview:
        activity = self._activity(parcel)
        raw = json.dumps(activity, ensure_ascii=False, indent=2) + "\n"
        message = parcel.message
        if message.kind == MessageKind.SERVICE and message.answers:
            text = _("Se acepta que %(who)s siga a la oficina.") % {"who": parcel.destination}
            return Preview(subject=message.headline, text=text + "\n", raw=raw.encode(), suffix=".json")
        words = wording_of(parcel)
        photos = "".join(f"\n\n{shown(picture)}" for picture in message.album[: documents.PICTURES])
        text = words.text + photos
        html = words.html + as_html(photos)
        return Preview(
            subject=message.headline, text=text + "\n", html=html, raw=raw.encode(), suffix=".json"
        )

    def send(self, parcel: Parcel) -> Receipt:
        receiver, activity = self.normalise(parcel.destination), self._activity(parcel)
        if delay := self._resting.get(origin_of(receiver)):
            raise Postponed(str(delay), wait=delay.wait)
        try:
            return self._deliver(parcel, receiver, activity)
        except NotFound:  # perhaps of this one alone
            raise
        except Postponed as delay:  # a server in trouble is left alone for the rest of the batch
            self._resting[origin_of(receiver)] = delay
            raise

    # --- Contract: in ---

    def hear(self, notice: Notice) -> Heard:
        """The inbox. What is nothing to us is taken and forgotten."""
        if notice.method != "POST":
            return Heard(status=405)
        try:
            activity = json.loads(notice.body)
        except (ValueError, RecursionError):
            return Heard(status=400)
        letter = letter_in(activity, office=places.actor())
        if letter is None:
            return Heard(status=202)
        now = datetime.now(UTC)
        try:
            signature = Signature.of(notice.method, notice.target, notice.headers, notice.body, now=now)
            with patience():
                arrival = self._arrival(letter, signature)
        except Unsigned as stranger:
            raise Rejected(str(stranger)) from stranger
        except Postponed:
            return Heard(status=503)  # their server cannot be asked for the key now: they shall call again
        return Heard(events=[arrival], status=202)

    def show(self, notice: Notice, shelf: Shelf) -> Document | None:
        path = notice.target.partition("?")[0]
        match path.removeprefix(places.DOOR):
            case places.WEBFINGER:
                return self._found(notice.query.get("resource", ""))
            case places.NODES:
                return document(documents.nodes(), "application/json; charset=utf-8")
            case places.NODEINFO:
                told = documents.nodeinfo(name=shelf.office, posts=shelf.posts())
                return document(told, documents.NODEINFO_JSON)
            case places.ACTOR:
                return document(self._actor(shelf))
            case places.FOLLOWERS:
                return document(documents.collection(places.FOLLOWERS, shelf.listeners()))
            case places.OUTBOX:
                return document(documents.collection(places.OUTBOX, shelf.posts()))
            case place if number := places.NOTE.fullmatch(place):
                return standing(number[1], shelf)
        return None

    # --- What is handed over ---

    def _activity(self, parcel: Parcel) -> dict[str, Any]:
        """What the office does with this parcel, and to what."""
        message, now = parcel.message, datetime.now(UTC)
        dispatch = parcel.key.partition("-")[0]
        if message.kind == MessageKind.SERVICE and message.answers:
            return documents.accept(message.answers, follower=parcel.destination, key=parcel.key)
        words = wording_of(parcel)
        if message.kind == MessageKind.SERVICE:
            name = f"{places.actor()}#recado-{parcel.key}"
            return documents.create(documents.note(name, message, words, first_at=now, to=parcel.destination))
        known = places.note_in(parcel.in_reply_to) if message.kind in FOLLOW_UPS else ""
        if not known or replaced(parcel):
            return documents.create(documents.note(places.note(dispatch), message, words, first_at=now))
        if message.kind == MessageKind.WITHDRAWAL:
            return documents.delete(known)
        return documents.update(documents.note(known, message, words, last_at=now), dispatch=dispatch)

    def _deliver(self, parcel: Parcel, receiver: str, activity: Mapping[str, Any]) -> Receipt:
        if parcel.message.kind == MessageKind.SERVICE:
            self._hand_over(activity, self._people.find(receiver).inbox)
            return Receipt(reference=activity["id"])
        inbox = self._people.door_of(receiver)
        activities = [documents.delete(taken), activity] if (taken := replaced(parcel)) else [activity]
        try:
            self._hand_over_all(activities, inbox)
        except (DestinationGone, NotFound):
            person = self._people.find(receiver, anew=True)
            if person.inbox == inbox:
                raise
            self._hand_over_all(activities, person.inbox)
        return Receipt(reference=activity["object"]["id"], url=parcel.message.url)

    def _hand_over_all(self, activities: Iterable[Mapping[str, Any]], inbox: str) -> None:
        for activity in activities:
            self._hand_over(activity, inbox)

    def _hand_over(self, activity: Mapping[str, Any], inbox: str) -> None:
        """Once to each inbox, however many receive it there."""
        name = activity["id"]
        went = f"activitypub/went/{digest(f'{inbox} {name}')}"
        if cache.get(went):
            return

        def post() -> None:
            self._post(activity, inbox)
            cache.set(went, True, FRESH)

        self._once((inbox, name), post)

    def _once(self, what: tuple[str, str], do: Callable[[], None]) -> None:
        """Whoever comes first does it; the others wait and share what came of it."""
        with self._lock:
            known = self._posts.get(what)
            mine = self._posts.setdefault(what, Future())
        if known is None:
            try:
                do()
            except BaseException as problem:
                mine.set_exception(problem)
            else:
                mine.set_result(None)
        mine.result()

    def _post(self, activity: Mapping[str, Any], inbox: str) -> None:
        body = json.dumps(activity, ensure_ascii=False, separators=(",", ":")).encode()
        key, now = self.options.private_key, datetime.now(UTC)
        headers = signatures.signed("POST", inbox, body=body, key=key, key_id=places.key(), at=now)
        try:
            answer = self.http.post(
                inbox,
                content=body,
                headers=headers | {"Content-Type": "application/activity+json"},
                timeout=PATIENCE,
                max_bytes=LARGEST_ANSWER,
            )
        except Unreachable as silence:
            raise Postponed(str(silence), wait=SOON) from silence
        except OutboundError as refusal:
            raise Rejected(str(refusal)) from refusal
        if trouble := trouble_in(answer):
            raise trouble

    # --- What is heard and shown ---

    def _arrival(self, letter: Letter, signature: Signature) -> Arrival:
        """Raises ``Unsigned`` unless its sender wrote it."""
        sender = self.normalise(letter.sender)
        try:
            person = self._signer(sender, signature)
        except (DestinationGone, NotFound) as gone:
            if letter.wish == Wish.GONE:  # nobody is left to sign, and their server says so itself
                return Arrival(sender=sender, name="", wish=Wish.GONE, at=signature.at)
            raise Unsigned from gone
        return Arrival(
            sender=sender, name=person.handle, wish=letter.wish, at=signature.at, reference=letter.id
        )

    def _signer(self, sender: str, signature: Signature) -> Person:
        """The sender, whose key made the signature; a key that does not fit may have been changed since."""
        for anew in (False, True):
            person = self._people.find(sender, anew=anew)
            if signature.is_by(person.keys.get(signature.key_id, "")):
                return person
        raise Unsigned("Somebody else signed.")

    def _found(self, resource: str) -> Document | None:
        """Who has this name, in any of the ways of asking."""
        name = f"acct:{self.options.username}@{places.host()}"
        ours = {name, places.actor(), f"{settings.BASE_URL}/"}
        if resource.lower() not in ours and resource not in ours:
            return None
        return document(documents.webfinger(self.options.username), documents.JRD_JSON)

    def _actor(self, shelf: Shelf) -> dict[str, Any]:
        return documents.actor(
            username=self.options.username,
            name=shelf.office,
            summary=as_html(self.options.summary),
            key=signatures.public_half(self.options.private_key),
        )


@contextmanager
def patience() -> Iterator[None]:
    """A place among those who may ask other servers at once: slow ones must not hold all our threads."""
    if not ASKING.acquire(timeout=1):
        raise Postponed
    try:
        yield
    finally:
        ASKING.release()


def wording_of(parcel: Parcel) -> Wording:
    if parcel.message.kind == MessageKind.SERVICE:
        return worded_for_one(parcel)
    return worded(parcel.message)


def replaced(parcel: Parcel) -> str:
    """The note that a correction takes back whole, "" for none: servers keep what an edited note showed before, and let
    everybody see it (mastodon/mastodon#22151)."""
    dropped = parcel.before is not None and drops_pictures(parcel.before, parcel.message)
    corrected = parcel.message.kind == MessageKind.CORRECTION
    return places.note_in(parcel.in_reply_to) if corrected and dropped else ""


def drops_pictures(before: Message, now: Message) -> bool:
    """Whether a note of the one showed a picture that the other does not have."""
    return not {picture.url for picture in before.album[: documents.PICTURES]} <= now.shown


def standing(dispatch: str, shelf: Shelf) -> Document | None:
    """A note as it stands by now."""
    said = shelf.said(dispatch)
    if said is None:
        return None
    id_, message = places.note(dispatch), said.message
    if message.kind == MessageKind.WITHDRAWAL or drops_pictures(said.first, message):
        return document({"@context": documents.CONTEXT, **documents.tombstone(id_)}, status=410)
    note = documents.note(id_, message, worded(message), first_at=said.first_at, last_at=said.last_at)
    return document({"@context": documents.WITH_TAGS, **note})


def document(
    told: Mapping[str, Any], content_type: str = documents.ACTIVITY_JSON, *, status: int = 200
) -> Document:
    return Document(body=json.dumps(told, ensure_ascii=False), content_type=content_type, status=status)


def trouble_in(answer: Answer) -> DeliveryError | None:
    """What a server has against a parcel; nothing, mostly."""
    wait = answer.headers.get("retry-after", "")
    match answer.status_code:
        case status if 200 <= status < 300:
            return None
        case 404:
            return NotFound()
        case 410:
            return DestinationGone(_("Su servidor dice que ese buzón ya no existe."))
        case 408 | 429:
            return Postponed(
                _("El servidor de quien sigue pidió ir más despacio."),
                wait=waiting(wait, otherwise=AFTER_A_REST),
            )
        case status if status >= 500:
            return Postponed(
                _("El servidor de quien sigue tiene problemas (%(status)s).") % {"status": status},
                wait=waiting(wait, otherwise=SOON),
            )
        case 401 | 403:
            return Rejected(_("El servidor de quien sigue no acepta mensajes de esta oficina."))
        case status:
            return Rejected(_("El servidor de quien sigue no lo aceptó (%(status)s).") % {"status": status})
