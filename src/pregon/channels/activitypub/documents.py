"""What the office shows and says, as ActivityStreams: its actor, how it is found, its notes and what becomes of them.

The same is called the same for ever, whoever receives it and however often: a note by its dispatch, what is done with
it by the note. So whoever gets something twice knows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings

from pregon import __version__
from pregon.channels.activitypub import places
from pregon.channels.activitypub.wording import Wording
from pregon.delivery.values import Message, Picture

CONTEXT = "https://www.w3.org/ns/activitystreams"
WITH_KEY = [
    CONTEXT,
    "https://w3id.org/security/v1",
    {
        "toot": "http://joinmastodon.org/ns#",
        "discoverable": "toot:discoverable",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    },
]
WITH_TAGS = [CONTEXT, {"Hashtag": "as:Hashtag", "sensitive": "as:sensitive"}]
ACTIVITY_JSON, JRD_JSON = "application/activity+json; charset=utf-8", "application/jrd+json; charset=utf-8"
NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/2.1"
NODEINFO_JSON = f'application/json; profile="{NODEINFO}#"; charset=utf-8'
MEDIA = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".webp": "image/webp"}
#: As many as the most common server shows.
PICTURES = 4

Thing = dict[str, Any]


# --- The office ---------------------------------------------------------------------------------------------


def webfinger(username: str) -> Thing:
    """Who answers to the name that people type."""
    page = {
        "rel": "http://webfinger.net/rel/profile-page",
        "type": "text/html",
        "href": f"{settings.BASE_URL}/",
    }
    own = {"rel": "self", "type": "application/activity+json", "href": places.actor()}
    return {
        "subject": f"acct:{username}@{places.host()}",
        "aliases": [places.actor()],
        "links": [page, own],
    }


def actor(*, username: str, name: str, summary: str, key: str) -> Thing:
    return {
        "@context": WITH_KEY,
        "id": places.actor(),
        "type": "Organization",
        "preferredUsername": username,
        "name": name,
        "summary": summary,
        "url": f"{settings.BASE_URL}/",
        "inbox": places.at(""),
        "outbox": places.at(places.OUTBOX),
        "followers": places.at(places.FOLLOWERS),
        "icon": {"type": "Image", "mediaType": "image/png", "url": f"{settings.BASE_URL}/icono-512.png"},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "publicKey": {"id": places.key(), "owner": places.actor(), "publicKeyPem": key},
    }


def collection(place: str, count: int) -> Thing:
    """How many, and not who: who follows the office is nobody's business."""
    return {"@context": CONTEXT, "id": places.at(place), "type": "OrderedCollection", "totalItems": count}


def nodes() -> Thing:
    return {"links": [{"rel": NODEINFO, "href": places.at(places.NODEINFO)}]}


def nodeinfo(*, name: str, posts: int) -> Thing:
    return {
        "version": "2.1",
        "software": {"name": "pregon", "version": __version__},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": False,
        "usage": {"users": {"total": 1}, "localPosts": posts},
        "metadata": {"nodeName": name},
    }


# --- What it says -------------------------------------------------------------------------------------------


def note(
    id_: str,
    message: Message,
    wording: Wording,
    *,
    first_at: datetime | None = None,
    last_at: datetime | None = None,
    to: str = "",
) -> Thing:
    """For everybody, or for the one reader ``to``."""
    told: Thing = {
        "id": id_,
        "type": "Note",
        "attributedTo": places.actor(),
        "content": wording.html,
        "contentMap": {"es": wording.html},
        **readers(to),
        "sensitive": False,
        "tag": [*mentions(to), *hashtags(wording, message)],
        "attachment": [document(picture) for picture in message.album[:PICTURES]],
    }
    if message.url:
        told["url"] = message.url
    if first_at:
        told["published"] = moment(first_at)
    if last_at and last_at != first_at:
        told["updated"] = moment(last_at)
    return told


def readers(to: str) -> Thing:
    if to:
        return {"to": [to], "cc": []}
    return {"to": [places.PUBLIC], "cc": [places.at(places.FOLLOWERS)]}


def mentions(to: str) -> list[Thing]:
    """Some servers show what is for one reader only where it names them."""
    return [{"type": "Mention", "href": to, "name": to}] if to else []


def hashtags(wording: Wording, message: Message) -> list[Thing]:
    tag = wording.hashtag
    return [{"type": "Hashtag", "href": message.url, "name": f"#{tag}"}] if tag else []


def document(picture: Picture) -> Thing:
    shown: Thing = {
        "type": "Document",
        "mediaType": MEDIA.get(PurePosixPath(picture.path).suffix.lower(), "image/jpeg"),
        "url": picture.url,
        "name": picture.alt,
    }
    if picture.width and picture.height:
        shown |= {"width": picture.width, "height": picture.height}
    return shown


def tombstone(id_: str) -> Thing:
    return {"id": id_, "type": "Tombstone"}


# --- What it does -------------------------------------------------------------------------------------------


def create(thing: Thing) -> Thing:
    return activity("Create", f"{thing['id']}#nueva", thing, like=thing)


def update(thing: Thing, *, dispatch: str) -> Thing:
    return activity("Update", f"{thing['id']}#corregida-{dispatch}", thing, like=thing)


def delete(id_: str) -> Thing:
    return activity("Delete", f"{id_}#retirada", tombstone(id_), like=readers(""))


def accept(follow: str, *, follower: str, key: str) -> Thing:
    asked = {"id": follow, "type": "Follow", "actor": follower, "object": places.actor()}
    return activity("Accept", f"{places.actor()}#acepta-{key}", asked, like={"to": [follower], "cc": []})


def activity(kind: str, id_: str, thing: Thing, *, like: Mapping[str, Sequence[str]]) -> Thing:
    """Something that the office does, for the readers whom ``like`` names."""
    return {
        "@context": WITH_TAGS,
        "id": id_,
        "type": kind,
        "actor": places.actor(),
        "to": like["to"],
        "cc": like["cc"],
        "object": thing,
    }


def moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
