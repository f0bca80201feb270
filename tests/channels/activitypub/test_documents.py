"""What the office shows and says, in the words that every server reads, and by names that never change."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.conf import settings
from pyld import jsonld
from pyld.documentloader.frozen import FrozenDocumentLoader

from factories.delivery import message, picture
from pregon import __version__
from pregon.channels.activitypub import documents, places
from pregon.channels.activitypub.wording import worded
from pregon.delivery.enums import MessageKind

NOON = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
ID = places.note("7")
ANA = "https://fediverso.example/users/vecina"


def note(**given: object) -> documents.Thing:
    said = message(picture=picture())
    return documents.note(ID, said, worded(said), **({"first_at": NOON} | given))  # type: ignore[arg-type]


def test_a_name_leads_to_the_actor() -> None:
    told = documents.webfinger("boletines")
    assert (told["subject"], told["links"][1]) == (
        f"acct:boletines@{places.host()}",
        {"rel": "self", "type": "application/activity+json", "href": places.actor()},
    )


def test_the_actor_names_its_inbox_and_its_key() -> None:
    told = documents.actor(username="boletines", name="Villa de Muestra", summary="Hola", key="PEM")
    assert (told["id"], told["inbox"], told["name"], told["publicKey"]) == (
        places.actor(),
        places.at(""),
        "Villa de Muestra",
        {"id": places.key(), "owner": places.actor(), "publicKeyPem": "PEM"},
    )
    assert told["icon"]["url"] == f"{settings.BASE_URL}/icono-512.png"


def test_a_collection_tells_how_many_and_not_who() -> None:
    assert documents.collection("seguidores", 3) == {
        "@context": documents.CONTEXT,
        "id": places.at("seguidores"),
        "type": "OrderedCollection",
        "totalItems": 3,
    }


def test_a_server_is_told_what_runs_here() -> None:
    told = documents.nodeinfo(name="Villa de Muestra", posts=4)
    assert (told["software"], told["usage"], documents.nodes()["links"][0]["href"]) == (
        {"name": "pregon", "version": __version__},
        {"users": {"total": 1}, "localPosts": 4},
        places.at("nodeinfo"),
    )


def test_a_note_is_for_everybody() -> None:
    told = note()
    assert (
        told["to"],
        told["cc"],
        told["attributedTo"],
        told["url"],
        told["published"],
        "updated" in told,
    ) == (
        ["https://www.w3.org/ns/activitystreams#Public"],
        [places.at("seguidores")],
        places.actor(),
        "https://muestra.example/boletines/2026-001/",
        "2026-11-20T18:00:00Z",
        False,
    )
    assert told["contentMap"] == {"es": told["content"]}
    assert told["tag"] == [{"type": "Hashtag", "href": told["url"], "name": "#ObraPública"}]


def test_a_photo_goes_with_its_description() -> None:
    assert note()["attachment"] == [
        {
            "type": "Document",
            "mediaType": "image/jpeg",
            "url": "https://muestra.example/fotos/1/960.jpg",
            "name": "Vecinas y vecinos caminan por el andador",
            "width": 960,
            "height": 640,
        }
    ]
    assert documents.document(picture(path="1.webp", width=0)).keys() == {"type", "mediaType", "url", "name"}


def test_of_an_album_the_first_four_go() -> None:
    said = message(pictures=tuple(picture(url=f"https://muestra.example/{n}.jpg") for n in range(6)))
    shown = documents.note(ID, said, worded(said))["attachment"]
    assert [one["url"][-5:] for one in shown] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]


@pytest.mark.parametrize(("last_at", "updated"), [(NOON, None), (LATER, "2026-11-21T18:00:00Z")])
def test_a_note_says_when_it_was_changed(last_at: datetime, updated: str | None) -> None:
    assert note(last_at=last_at).get("updated") == updated


def test_what_is_for_one_reader_names_only_them() -> None:
    told = note(to=ANA)
    assert (told["to"], told["cc"], told["tag"][0]) == (
        [ANA],
        [],
        {"type": "Mention", "href": ANA, "name": ANA},
    )


def test_what_is_done_with_a_note_is_named_after_it() -> None:
    made = [documents.create(note()), documents.update(note(), dispatch="9"), documents.delete(ID)]
    assert [(one["type"], one["id"]) for one in made] == [
        ("Create", f"{ID}#nueva"),
        ("Update", f"{ID}#corregida-9"),
        ("Delete", f"{ID}#retirada"),
    ]
    assert {(one["actor"], one["object"]["id"], *one["to"]) for one in made} == {
        (places.actor(), ID, places.PUBLIC)
    }


def test_a_yes_bears_the_question() -> None:
    told = documents.accept(f"{ANA}/1", follower=ANA, key="3-4")
    assert (told["id"], told["to"], told["object"]) == (
        f"{places.actor()}#acepta-3-4",
        [ANA],
        {"id": f"{ANA}/1", "type": "Follow", "actor": ANA, "object": places.actor()},
    )


def test_a_withdrawn_note_leaves_a_stone() -> None:
    assert documents.delete(ID)["object"] == {"id": ID, "type": "Tombstone"}
    said = message(MessageKind.WITHDRAWAL, url="", picture=None)
    assert "url" not in documents.note(ID, said, worded(said))


# --- Before JSON-LD, with the contexts of W3C that a library brings along ------------------------------------


def unknown(told: documents.Thing) -> set[str]:
    """Words of ``told`` that none of its contexts gives a meaning: whoever reads by the standard loses them."""
    dropped: list[str] = []
    told = jsonld.expand(told, {"documentLoader": FrozenDocumentLoader()}, on_property_dropped=dropped.append)
    return {*re.findall(r'"(_:\w+)"', json.dumps(told)), *dropped}


@pytest.mark.parametrize(
    "told",
    [
        lambda: documents.actor(username="boletines", name="Villa de Muestra", summary="Hola", key="PEM"),
        lambda: documents.collection("seguidores", 3),
        lambda: documents.create(note(last_at=LATER)),
        lambda: documents.create(note(to=ANA)),
        lambda: documents.update(note(), dispatch="9"),
        lambda: documents.delete(ID),
        lambda: documents.accept(f"{ANA}/1", follower=ANA, key="3-4"),
    ],
    ids=["actor", "collection", "create", "create for one", "update", "delete", "accept"],
)
def test_every_word_has_a_meaning(told: Callable[[], documents.Thing]) -> None:
    assert unknown(told()) == set()


def test_a_word_without_meaning_would_be_noticed() -> None:
    assert unknown(documents.create(note() | {"resumen": "Reabre"})) == {"_:resumen"}
    assert unknown(documents.create(note() | {"type": "Nota"})) == {"_:Nota"}
