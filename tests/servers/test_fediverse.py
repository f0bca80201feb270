"""The double is only worth something if it turns away what a server turns away, and keeps a note once."""

from __future__ import annotations

import httpx2

from servers.fediverse import Fediverse, public_pem

OFFICE = "https://muestra.example/oficina"


def deliver(
    server: Fediverse, letter: dict[str, object], *, body: bytes | None = None, host: str = ""
) -> int:
    made, headers = server.signed(
        letter, "/inbox", host=host or server.url.removeprefix("http://"), by="oficina"
    )
    return httpx2.post(f"{server.url}/inbox", content=body or made, headers=headers).status_code


def note(server: Fediverse, kind: str = "Create", *, number: int = 1) -> dict[str, object]:
    thing = {"id": f"{OFFICE}/nota/1", "type": "Note", "content": f"{kind} {number}"}
    return {"id": f"{OFFICE}#{number}", "type": kind, "actor": OFFICE, "object": thing}


def test_it_says_who_is_there_and_who_is_gone(fediverse: Fediverse) -> None:
    told = httpx2.get(fediverse.id_of("vecina")).json()
    assert (told["id"], told["endpoints"]["sharedInbox"], told["publicKey"]["publicKeyPem"]) == (
        fediverse.id_of("vecina"),
        f"{fediverse.url}/inbox",
        public_pem("vecina"),
    )
    assert httpx2.get(fediverse.id_of("nadie")).status_code == 410


def test_only_a_whole_signature_of_somebody_known_is_taken(fediverse: Fediverse) -> None:
    assert deliver(fediverse, note(fediverse)) == 401
    fediverse.keys[f"{fediverse.id_of('oficina')}#main-key"] = public_pem("otra")
    assert deliver(fediverse, note(fediverse)) == 401
    fediverse.keys[f"{fediverse.id_of('oficina')}#main-key"] = public_pem("oficina")
    assert deliver(fediverse, note(fediverse), body=b"{}") == 401
    assert deliver(fediverse, note(fediverse), host="otro.example") == 401
    assert (deliver(fediverse, note(fediverse)), len(fediverse.heard)) == (202, 1)


def test_a_note_is_made_changed_and_taken_back_once_each(fediverse: Fediverse) -> None:
    fediverse.keys[f"{fediverse.id_of('oficina')}#main-key"] = public_pem("oficina")
    seen = []
    steps = [("Create", 1), ("Update", 2), ("Create", 1), ("Delete", 3), ("Update", 2)]
    for kind, number in steps:
        deliver(fediverse, note(fediverse, kind, number=number))
        seen.append([one["content"] for one in fediverse.notes.values()])
    assert seen == [["Create 1"], ["Update 2"], ["Update 2"], [], []]
