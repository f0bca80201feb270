"""Many posts at once over kept connections, against real servers on this machine: nothing lost, nothing said twice."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from itertools import islice
from typing import Any

import httpx2
import pytest
import trustme

from pregon.core import http
from pregon.core.http import Http, Refused, TooLarge, Unreachable, client
from pregon.core.http_pool import MOST, Outcome, Post, Reply, post_all

OK = b"HTTP/1.1 201 Created\r\nX-Place: here\r\nContent-Length: 3\r\n\r\nyes"
SOON = timedelta(milliseconds=400)
Speaking = Callable[[bytes, socket.socket], bool]


class Listener:
    """A server that answers each request with what ``speak`` does; it hangs up when that says no."""

    def __init__(self, speak: Speaking, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        self.speak, self.wrap = speak, wrap
        self.connections = 0
        self.requests: list[bytes] = []
        self.at_once = self.most_at_once = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.door.getsockname()[1]
        self.lock = threading.Lock()
        self.over = False
        self.open: list[socket.socket] = []
        threading.Thread(target=self.welcome, daemon=True).start()

    def welcome(self) -> None:
        while True:
            try:
                caller, _address = self.door.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=(caller,), daemon=True).start()

    def serve(self, caller: socket.socket) -> None:
        try:
            if self.wrap:
                caller = self.wrap(caller)
            self.open.append(caller)
            heard = b""
            while True:
                while (request := whole(heard)) is None:
                    data = caller.recv(65_536)
                    if not data:
                        return
                    heard += data
                heard = heard[len(request) :]
                with self.lock:
                    self.requests.append(request)
                    self.at_once += 1
                    self.most_at_once = max(self.most_at_once, self.at_once)
                goes_on = self.speak(request, caller)
                with self.lock:
                    self.at_once -= 1
                if not goes_on:
                    return
        except OSError:
            return
        finally:
            caller.close()

    def hang_up(self) -> None:
        """Closing alone would wake none of the threads that wait."""
        for caller in self.open:
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        self.hang_up()


def whole(heard: bytes) -> bytes | None:
    """The first request in ``heard``, once it is all there."""
    head, gap, rest = heard.partition(b"\r\n\r\n")
    if not gap:
        return None
    length = int(
        next(line[15:] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    )
    return head + gap + rest[:length] if len(rest) >= length else None


@contextmanager
def listening(speak: Speaking, **more: Any) -> Iterator[Listener]:
    server = Listener(speak, **more)
    try:
        yield server
    finally:
        server.close()


def say(answer: bytes, *, goes_on: bool = True) -> Speaking:
    def speak(request: bytes, caller: socket.socket) -> bool:
        caller.sendall(answer)
        return goes_on

    return speak


def wait(request: bytes, caller: socket.socket) -> bool:
    """Says nothing until the caller has had enough."""
    caller.recv(1)
    return False


@pytest.fixture
def near() -> Iterator[Http]:
    with client(allow_private=True) as asking:
        yield asking


def posts(server: Listener, count: int, *, path: str = "/p", content: bytes = b"body") -> list[Post]:
    url = f"http://127.0.0.1:{server.port}{path}"
    return [Post(url=url, headers={"X-Number": str(number)}, content=content) for number in range(count)]


def piece_by_piece(given: Iterable[Post]) -> Callable[[int], Iterator[Post]]:
    left = iter(given)
    return lambda room: islice(left, room)


def outcomes(asking: Http, given: list[Post], **limits: Any) -> list[Outcome]:
    return [outcome for _post, outcome in post_all(asking, piece_by_piece(given), **limits)]


def only(asking: Http, speak: Speaking, **limits: Any) -> Outcome:
    with listening(speak) as server:
        [outcome] = outcomes(asking, posts(server, 1), **limits)
    return outcome


# --- What goes and what comes back --------------------------------------------------------------------------


def test_a_post_goes_out_as_it_was_given_and_its_answer_comes_back(near: Http) -> None:
    with listening(say(OK)) as server:
        [outcome] = outcomes(near, posts(server, 1, path="/p/a?b=c"))
        [request] = server.requests
    assert (
        request
        == (
            f"POST /p/a?b=c HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUser-Agent: Pregon\r\nContent-Length: 4\r\n"
            "X-Number: 0\r\n\r\nbody"
        ).encode()
    )
    assert outcome == Reply(status=201, headers={"x-place": "here", "content-length": "3"}, content=b"yes")


@pytest.mark.parametrize(
    ("answer", "content"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nye\r\n1\r\ns\r\n0\r\n\r\n", b"yes"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 103 Early Hints\r\nX-Place: there\r\n\r\n" + OK, b"yes"),
        (b"HTTP/1.1 301 Moved\r\nLocation: http://otra.example/\r\nContent-Length: 0\r\n\r\n", b""),
    ],
)
def test_an_answer_is_read_in_every_shape(answer: bytes, content: bytes, near: Http) -> None:
    outcome = only(near, say(answer))
    assert isinstance(outcome, Reply)
    assert (outcome.content, outcome.status >= 200, outcome.headers.get("x-place") == "there") == (
        content,
        True,
        False,
    )


def test_an_answer_may_end_with_its_connection(near: Http) -> None:
    outcome = only(near, say(b"HTTP/1.1 200 OK\r\n\r\nyes", goes_on=False))
    assert isinstance(outcome, Reply)
    assert outcome.content == b"yes"


def test_an_answer_in_crumbs_is_put_together(near: Http) -> None:
    def crumbs(request: bytes, caller: socket.socket) -> bool:
        for place in range(len(OK)):
            caller.sendall(OK[place : place + 1])
        return True

    assert isinstance(only(near, crumbs), Reply)


def test_a_body_larger_than_a_socket_takes_at_once_arrives_whole(near: Http) -> None:
    content = b"ab" * 4_000_000

    with listening(say(OK)) as server:
        [outcome] = outcomes(near, posts(server, 1, content=content), timeout=timedelta(seconds=10))
        assert isinstance(outcome, Reply)
        assert server.requests[0].endswith(content)


# --- Connections --------------------------------------------------------------------------------------------


def test_connections_are_bounded_and_kept_between_rounds(near: Http) -> None:
    def unhurried(request: bytes, caller: socket.socket) -> bool:
        time.sleep(0.002)
        caller.sendall(OK)
        return True

    with listening(unhurried) as server:
        for _round in range(2):
            found = outcomes(near, posts(server, 200))
            assert Counter(type(outcome) for outcome in found) == {Reply: 200}
        numbers = Counter(request.split(b"X-Number: ")[1].split(b"\r")[0] for request in server.requests)
        assert (server.connections <= MOST, server.most_at_once <= MOST, set(numbers.values())) == (
            True,
            True,
            {2},
        )
        assert server.connections > 1


def test_the_next_is_taken_in_the_callers_thread_when_the_answers_before_were_given(near: Http) -> None:
    events: list[str] = []

    with listening(say(OK)) as server:

        def given() -> Iterator[Post]:
            for number, post in enumerate(posts(server, 6)):
                assert threading.current_thread() is threading.main_thread()
                events.append(f"take {number}")
                yield post

        for post, _outcome in post_all(near, piece_by_piece(given()), most=2):
            events.append(f"give {post.headers['X-Number']}")
    held = 0
    for event in events:
        held += 1 if event.startswith("take") else -1
        assert held <= 2
    assert len(events) == 12


def test_a_server_that_closes_after_each_answer_is_asked_over_new_connections(near: Http) -> None:
    closing = OK.replace(b"Content", b"Connection: close\r\nContent")
    with listening(say(closing, goes_on=False)) as server:
        found = outcomes(near, posts(server, 20), most=4)
        assert (Counter(type(outcome) for outcome in found), server.connections) == ({Reply: 20}, 20)


def test_a_connection_that_was_closed_while_it_rested_costs_nothing(near: Http) -> None:
    with listening(say(OK)) as server:
        assert isinstance(outcomes(near, posts(server, 1))[0], Reply)
        server.hang_up()
        time.sleep(0.05)
        assert isinstance(outcomes(near, posts(server, 1))[0], Reply)
        assert server.connections == 2


def test_an_abandoned_round_leaves_nothing_open(near: Http) -> None:
    with listening(say(OK)) as server:
        going = post_all(near, piece_by_piece(posts(server, 50)), most=4)
        next(going)
        going.close()  # type: ignore[attr-defined]  # it is a generator
        asked = len(server.requests)
        assert len(outcomes(near, posts(server, 5), most=4)) == 5
        assert len(server.requests) <= asked + 5 + 4


# --- What goes wrong ----------------------------------------------------------------------------------------


def arrived(outcome: Outcome) -> bool:
    assert isinstance(outcome, Unreachable)
    assert "127.0.0.1" in str(outcome)
    return outcome.arrived


def test_a_server_that_is_not_there_was_not_reached(near: Http) -> None:
    with listening(say(OK)) as server:
        gone = posts(server, 1)
    assert not arrived(outcomes(near, gone)[0])


@pytest.mark.parametrize(
    "speak",
    [
        say(b"", goes_on=False),
        say(b"HTTP/1.1 200 OK\r\nContent-Le", goes_on=False),
        say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nyes", goes_on=False),
        say(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
        say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        wait,
    ],
    ids=["hangs up", "half a head", "half a body", "another language", "another protocol", "silence"],
)
def test_an_answer_that_gets_lost_leaves_a_doubt(speak: Speaking, near: Http) -> None:
    started = time.monotonic()
    assert arrived(only(near, speak, timeout=SOON))
    assert time.monotonic() - started < 2


def test_one_that_keeps_us_waiting_does_not_hold_up_the_others(near: Http) -> None:
    with listening(wait) as slow, listening(say(OK)) as quick:
        given = [*posts(slow, 2), *posts(quick, 50)]
        found = outcomes(near, given, most=4, timeout=timedelta(seconds=1))
        assert [type(outcome) for outcome in found] == [Reply] * 50 + [Unreachable] * 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"a" * 3000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbb8\r\n" + b"a" * 3000,
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: yes\r\n" * 300,
    ],
    ids=["body", "chunks", "head"],
)
def test_an_answer_without_end_is_cut_off(answer: bytes, near: Http) -> None:
    assert isinstance(only(near, say(answer), max_bytes=2000), TooLarge)


# --- The guard ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_the_offices_own_network_is_closed(host: str) -> None:
    with listening(say(OK)) as server, client() as guarded:
        post = Post(url=f"http://{host}:{server.port}/", headers={}, content=b"")
        [outcome] = outcomes(guarded, [post])
        assert (type(outcome), server.connections) == (Refused, 0)


def test_the_address_is_looked_at_again_at_every_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that leads into the office's own network the second time is refused the second time."""
    known = iter([True, False])
    monkeypatch.setattr(http, "is_public", lambda address: next(known))
    closing = OK.replace(b"Content", b"Connection: close\r\nContent")
    with listening(say(closing, goes_on=False)) as server, client() as guarded:
        found = outcomes(guarded, posts(server, 2), most=1)
        assert ([type(outcome) for outcome in found], server.connections) == ([Reply, Refused], 1)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/p",
        "ftp://127.0.0.1/",
        "http://",
        "http://127.0.0.1",
        "http://a:b@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nX: y",
        "http://127.0.0.1/á",
    ],
)
def test_what_is_no_address_is_refused(url: str, near: Http) -> None:
    assert isinstance(outcomes(near, [Post(url=url, headers={}, content=b"")])[0], Refused)


@pytest.mark.parametrize("host", ["a..b", ".", f"{'a' * 70}.example", "nadie.invalid"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_that_leads_nowhere_was_not_reached(scheme: str, host: str, near: Http) -> None:
    [outcome] = outcomes(near, [Post(url=f"{scheme}://{host}/", headers={}, content=b"")])
    assert isinstance(outcome, Unreachable)
    assert outcome.arrived is False


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nX: y", "á"])
def test_a_header_stays_one_header(value: str, near: Http) -> None:
    with listening(say(OK)) as server:
        post = Post(url=f"http://127.0.0.1:{server.port}/", headers={"X-A": value}, content=b"")
        assert (type(outcomes(near, [post])[0]), server.connections) == (Refused, 0)


def test_certificates_are_looked_at() -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    answers = []
    for known in (authority, stranger):
        trust = ssl.create_default_context()
        known.configure_trust(trust)
        with (
            listening(say(OK), wrap=lambda caller: serving.wrap_socket(caller, server_side=True)) as server,
            client(allow_private=True, trust=trust) as asking,
        ):
            url = f"https://127.0.0.1:{server.port}/p"
            given = [Post(url=url, headers={}, content=b"a" * 20_000) for _number in range(5)]
            answers.append([type(outcome) for outcome in outcomes(asking, given, most=2)])
    assert answers == [[Reply] * 5, [Unreachable] * 5]


def test_a_transport_that_stands_for_the_network_is_asked_one_after_the_other() -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/silent":
            raise httpx2.ReadTimeout("", request=request)
        return httpx2.Response(201, headers={"X-Place": "here"}, content=request.content)

    with client(transport=httpx2.MockTransport(answer)) as asking:
        given = [
            Post(url=f"https://push.example/{name}", headers={"A": "b"}, content=b"body")
            for name in ("p", "silent")
        ]
        told, silent = outcomes(asking, given)
    assert isinstance(told, Reply)
    assert (told.status, told.headers["x-place"], told.content) == (201, "here", b"body")
    assert isinstance(silent, Unreachable)
