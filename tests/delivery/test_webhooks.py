"""Providers call at one door, and only with their signature."""

from __future__ import annotations

import pytest
from django.test import Client

from factories.delivery import Hands, SpokenChannel, SubscriberFactory, ask, live, run
from pregon.accounts.models import Office
from pregon.delivery import registry
from pregon.delivery.contract import Arrival, Document, Fate, Heard, Notice, Report, Shelf, Wish
from pregon.delivery.enums import Mode, Standing, State
from pregon.delivery.errors import Misconfigured, Rejected
from pregon.delivery.models import ChannelAccount, Delivery, Subscriber

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


class HearingChannel(SpokenChannel):
    """Its provider signs with a word, and says one fate or one wish after it."""

    kind = "hearing"
    label = "Con puerta"

    well_known = frozenset({"anuncio"})

    def show(self, notice: Notice, shelf: Shelf) -> Document | None:
        if "nada" in notice.target:
            return None
        if "roto" in notice.target:
            raise Misconfigured
        return Document(body=f"{notice.target} {shelf.office}", content_type="text/x-muestra", status=203)

    def hear(self, notice: Notice) -> Heard:
        if notice.headers.get("x-firma") != "nuestra":
            raise Rejected
        if notice.method == "GET":
            return Heard(answer=notice.query["reto"])
        word, _space, rest = notice.body.decode().partition(" ")
        if word == "alta":
            return Heard(events=[Arrival(sender=rest, name="Vecina", wish=Wish.SUBSCRIBE)])
        return Heard(events=[Report(fate=Fate(word), reference=rest, reason="Lo dijo el proveedor.")])


@pytest.fixture
def line(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    monkeypatch.setitem(registry._channels, "hearing", HearingChannel)
    live("hearing")
    SubscriberFactory(channel="hearing")
    ask()
    run(hands)
    return Delivery.objects.get()


def call(client: Client, body: str, firma: str = "nuestra") -> int:
    answer = client.post("/entrada/hearing/", body, content_type="text/plain", headers={"x-firma": firma})
    return answer.status_code


def test_a_challenge_is_answered(client: Client, line: Delivery) -> None:
    answer = client.get("/entrada/hearing/?reto=73", headers={"x-firma": "nuestra"})
    assert (answer.status_code, answer.content) == (200, b"73")


def test_who_does_not_sign_is_turned_away_and_changes_nothing(client: Client, line: Delivery) -> None:
    assert call(client, f"delivered {line.reference}", firma="otra") == 403
    line.refresh_from_db()
    assert line.state == State.SENT


@pytest.mark.parametrize(
    ("fate", "state", "standing"),
    [
        ("delivered", State.DELIVERED, Standing.CONFIRMED),
        ("failed", State.FAILED, Standing.CONFIRMED),
        ("gone", State.FAILED, Standing.GONE),
        ("complaint", State.SENT, Standing.LEFT),
    ],
)
def test_each_fate_has_its_state(
    fate: str, state: State, standing: Standing, client: Client, line: Delivery
) -> None:
    assert call(client, f"{fate} {line.reference}") == 200
    line.refresh_from_db()
    assert (line.state, Subscriber.objects.get().standing) == (state, standing)


def test_news_out_of_order_never_leads_back(client: Client, line: Delivery) -> None:
    for fate in ("delivered", "failed", "delivered"):
        call(client, f"{fate} {line.reference}")
    line.refresh_from_db()
    assert line.state == State.DELIVERED


def test_news_of_nothing_we_know_are_taken_and_change_nothing(client: Client, line: Delivery) -> None:
    assert (call(client, "failed otra-cosa"), call(client, "gone ")) == (200, 200)
    line.refresh_from_db()
    assert (line.state, Subscriber.objects.get().standing) == (State.SENT, Standing.CONFIRMED)


def test_who_writes_is_heard(client: Client, line: Delivery) -> None:
    call(client, "alta 7")
    person = Subscriber.objects.get(address="7")
    assert (person.standing, person.last_heard_at is not None) == (Standing.CONFIRMED, True)


@pytest.mark.parametrize(("kind", "status"), [("nadie", 404), ("spoken", 404)])
def test_nobody_is_at_home_where_no_channel_is_live(kind: str, status: int, client: Client) -> None:
    assert client.post(f"/entrada/{kind}/", "x", content_type="text/plain").status_code == status


def test_a_channel_that_hears_nothing_says_so(client: Client) -> None:
    live("spoken")
    assert client.post("/entrada/spoken/", "x", content_type="text/plain").status_code == 404


# --- What a channel shows -----------------------------------------------------------------------------------


@pytest.fixture
def showing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._channels, "hearing", HearingChannel)
    live("hearing")


@pytest.mark.parametrize("target", ["/entrada/hearing/oficina?a=1", "/.well-known/anuncio?de=oficina"])
def test_what_a_channel_shows_is_for_everybody(target: str, client: Client, showing: None) -> None:
    answer = client.get(target)
    assert (answer.status_code, answer.content.decode(), answer.headers["content-type"]) == (
        203,
        f"{target} {Office.load()}",
        "text/x-muestra",
    )
    assert (answer.headers["access-control-allow-origin"], answer.headers["cache-control"]) == (
        "*",
        "public, max-age=300",
    )


@pytest.mark.parametrize(
    "target",
    [
        "/entrada/hearing/nada",
        "/entrada/hearing/roto",
        "/entrada/spoken/x",
        "/entrada/nadie/x",
        "/.well-known/x",
    ],
)
def test_there_is_nothing_else_to_see(target: str, client: Client, showing: None) -> None:
    live("spoken")
    assert client.get(target).status_code == 404


def test_what_is_shown_takes_no_letters(client: Client, showing: None) -> None:
    assert client.post("/entrada/hearing/oficina", "x", content_type="text/plain").status_code == 405


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.SANDBOX])
def test_only_a_live_channel_shows_anything(mode: Mode, client: Client, showing: None) -> None:
    ChannelAccount.objects.update(mode=mode)
    assert client.get("/entrada/hearing/oficina").status_code == 404
