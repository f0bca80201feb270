"""The one door to the web, against real servers on this machine."""

from __future__ import annotations

import gzip
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest
import trustme

from pregon.core import http
from pregon.core.http import (
    LONGEST_WAIT,
    OutboundError,
    Refused,
    TooLarge,
    Unreachable,
    client,
    is_public,
    object_in,
    waiting,
)

SOON, SECOND = timedelta(milliseconds=300), timedelta(seconds=1)


class Site(ThreadingHTTPServer):
    """A server that notes what it was asked and answers by the path."""

    daemon_threads = True

    def __init__(self, family: socket.AddressFamily, host: str) -> None:
        self.address_family = family
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.released = threading.Event()
        super().__init__((host, 0), Door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up in the middle are what these tests are about."""


class Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name http.server gave it
        """Nothing: the tests look at ``asked``."""

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.server.answers.get(self.path, say(b"hola"))(self)

    do_POST = do_HEAD = do_GET  # noqa: N815 - the names http.server looks for


def say(body: bytes, status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(door: BaseHTTPRequestHandler) -> None:
        door.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            door.send_header(name.replace("_", "-"), value)
        door.end_headers()
        if door.command != "HEAD":
            door.wfile.write(body)

    return answer


def go(place: str, status: int = 302) -> Callable[[BaseHTTPRequestHandler], None]:
    return say(b"", status, Location=place)


def drip(head: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    """One byte at a time, for ever."""

    def answer(door: BaseHTTPRequestHandler) -> None:
        door.wfile.write(head)
        site = door.server
        assert isinstance(site, Site)
        while not site.released.wait(0.02):
            door.wfile.write(b"a")

    return answer


def serving(site: Site) -> Iterator[Site]:
    thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.released.set()
    site.shutdown()
    thread.join()
    site.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    yield from serving(Site(socket.AF_INET, "127.0.0.1"))


@pytest.fixture
def near() -> Iterator[http.Http]:
    with client(allow_private=True) as asking:
        yield asking


@pytest.fixture
def guarded() -> Iterator[http.Http]:
    with client() as asking:
        yield asking


@pytest.fixture
def only_this_machine_is_public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 plays the Internet; everything else of this machine stays private."""
    monkeypatch.setattr(http, "is_public", lambda address: address == "127.0.0.1" or is_public(address))


def at(site: Site, path: str = "/", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{site.server_port}{path}"


def test_an_answer_comes_whole_with_any_status(site: Site, near: http.Http) -> None:
    site.answers["/no"] = say(b'{"error": "\xc3\xb1"}', 404, Content_Type="application/json")
    answer = near.get(at(site, "/no"))
    assert (answer.status_code, answer.json(), str(answer.url)) == (404, {"error": "ñ"}, at(site, "/no"))


def test_a_post_carries_its_body_and_headers(site: Site, near: http.Http) -> None:
    near.post(at(site, "/hook"), json={"a": 1}, headers={"X-Signature": "s"})
    ((method, path, headers, body),) = site.asked
    assert (method, path, headers["X-Signature"], body) == ("POST", "/hook", "s", b'{"a":1}')
    assert headers["User-Agent"] == "Pregon"


def test_files_travel_as_multipart(site: Site, near: http.Http) -> None:
    near.post(at(site), data={"chat_id": "7"}, files={"photo": ("a.jpg", b"\xff\xd8", "image/jpeg")})
    ((_, _, headers, body),) = site.asked
    assert headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert body.count(b"\xff\xd8") == 1


@pytest.mark.parametrize(
    "host",
    [
        *(
            "127.0.0.1",
            "localhost",
            "[::1]",
            "169.254.1.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "0.0.0.0",
        ),
        *("2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.0.2", "１２７.0.0.1"),
        *("[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[fe80::1]", "[fc00::1]", "[::]"),
        *(
            "224.0.0.1",
            "255.255.255.255",
            "100.64.0.1",
            "[ff02::1]",
            "[2002:7f00:1::]",
            "user:pass@127.0.0.1",
        ),
    ],
)
def test_private_addresses_are_refused_however_they_are_spelt(
    site: Site, guarded: http.Http, host: str
) -> None:
    with pytest.raises(Refused, match=r"^Esa dirección .*\.$"):
        guarded.get(at(site, host=host))
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "127.1"])
def test_whoever_may_ask_private_addresses_gets_their_answer(site: Site, near: http.Http, host: str) -> None:
    assert near.get(at(site, host=host)).text == "hola"


def test_the_newer_protocol_is_spoken_too() -> None:
    for site in serving(Site(socket.AF_INET6, "::1")):
        with client(allow_private=True) as near:
            assert near.get(at(site, host="[::1]")).text == "hola"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a.mx/",
        "ws://a.mx/",
        "//a.mx",
        "a.mx",
        "",
        "http://",
        "http://a.mx:99999/",
        "http://a\x00",
    ],
)
def test_only_the_web_is_asked(guarded: http.Http, url: str) -> None:
    with pytest.raises(Refused):
        guarded.get(url)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "201.144.0.1", "2806:2f0::1", "2606:4700::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
        ),
        *(
            "::",
            "::1",
            "::7f00:1",
            "::ffff:192.168.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "fe80::1%eth0",
            "fec0::1",
        ),
        *("fd00::1", "ff0e::1", "2001:db8::1", "2001::1", "2002:808:808::1", "100::1"),
    ],
)
def test_addresses_that_are_not_of_the_open_internet_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_a_name_is_resolved_once_and_the_connection_goes_where_it_was_checked(
    site: Site, near: http.Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, asked = socket.getaddrinfo, []

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        asked.append(host)
        return known("127.0.0.1" if host == "cambia.test" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert near.get(at(site, host="cambia.test")).text == "hola"
    assert asked == ["cambia.test", "127.0.0.1"]
    assert site.asked[0][2]["Host"] == f"cambia.test:{site.server_port}"


def test_a_name_with_one_private_address_among_others_is_refused(
    site: Site, guarded: http.Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, site.server_port))
        for host in ("8.8.8.8", "127.0.0.1")
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: entries)
    with pytest.raises(Refused):
        guarded.get(at(site, host="doble.test"))


def test_the_next_address_of_a_name_is_tried(
    site: Site, near: http.Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def resolve(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "doble.test":
            return known(host, port, *args, **kwargs)
        return known("127.0.0.9", port, *args, **kwargs) + known("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert near.get(at(site, host="doble.test")).text == "hola"


def test_a_name_that_takes_too_long_to_resolve_is_given_up(
    near: http.Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: released.wait(5) and [])
    with pytest.raises(Unreachable) as given_up:
        near.get("http://lento.test/", timeout=SOON)
    released.set()
    assert not given_up.value.arrived


@pytest.mark.parametrize("host", ["no.such.name.invalid", "a" * 64 + ".mx"])
def test_a_name_that_nobody_knows_is_unreachable(near: http.Http, host: str) -> None:
    with pytest.raises(OutboundError) as failed:
        near.get(f"http://{host}/", timeout=timedelta(seconds=5))
    assert isinstance(failed.value, Unreachable | Refused)


def test_a_redirect_is_followed_to_a_place_that_may_be_asked(site: Site, near: http.Http) -> None:
    site.answers |= {"/1": go("/2"), "/2": go("3", 301), "/3": go(at(site, "/4"), 307)}
    answer = near.get(at(site, "/1"))
    assert (answer.text, str(answer.url)) == ("hola", at(site, "/4"))


def test_a_fourth_redirect_is_refused(site: Site, near: http.Http) -> None:
    site.answers["/1"] = go("/1")
    with pytest.raises(Refused, match=r"^Esa dirección manda de una a otra"):
        near.get(at(site, "/1"))
    assert len(site.asked) == 4


@pytest.mark.usefixtures("only_this_machine_is_public")
@pytest.mark.parametrize(
    "place",
    ["http://127.0.0.2:{port}/x", "http://169.254.1.1/", "http://[::1]:{port}/", "//0x7f000002:{port}/"],
)
def test_a_redirect_into_a_private_network_is_refused(site: Site, guarded: http.Http, place: str) -> None:
    site.answers["/1"] = go(place.format(port=site.server_port))
    assert guarded.get(at(site)).text == "hola"
    with pytest.raises(Refused):
        guarded.get(at(site, "/1"))
    assert [path for _, path, _, _ in site.asked] == ["/", "/1"]


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "gopher://127.0.0.1/", "http://a.mx:99999/", "http://a:b:c/", "data:,x"]
)
def test_a_redirect_to_no_web_address_is_refused(site: Site, near: http.Http, place: str) -> None:
    site.answers["/1"] = go(place)
    with pytest.raises(Refused):
        near.get(at(site, "/1"))


def test_a_post_is_not_sent_on(site: Site, near: http.Http) -> None:
    site.answers["/1"] = go("/2", 307)
    assert near.post(at(site, "/1"), json={"token": "x"}).status_code == 307
    assert [path for _, path, _, _ in site.asked] == ["/1"]


def test_keys_in_headers_are_not_shown_to_another_server(site: Site, near: http.Http) -> None:
    site.answers |= {"/1": go(at(site, "/2", host="localhost")), "/3": go("/4")}
    for path in ("/1", "/3"):
        near.get(at(site, path), headers={"X-Key": "k", "Authorization": "a"})
    shown = {path: (headers.get("X-Key"), headers.get("Authorization")) for _, path, headers, _ in site.asked}
    assert shown == {"/1": ("k", "a"), "/2": (None, None), "/3": ("k", "a"), "/4": ("k", "a")}


def test_no_cookie_is_kept(site: Site, near: http.Http) -> None:
    site.answers["/1"] = say(b"", Set_Cookie="who=me; Path=/")
    for path in ("/1", "/2"):
        near.get(at(site, path))
    assert ["Cookie" in headers for _, _, headers, _ in site.asked] == [False, False]


def test_a_proxy_of_the_environment_is_not_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    with client(allow_private=True) as near:
        assert near.get(at(site)).text == "hola"


def test_an_answer_that_announces_too_much_is_not_read(site: Site, near: http.Http) -> None:
    site.answers["/1"] = say(b"a" * 101)
    assert len(near.get(at(site, "/1"), max_bytes=101).content) == 101
    with pytest.raises(TooLarge, match=r"demasiado grande.*\.$"):
        near.get(at(site, "/1"), max_bytes=100)


def test_an_answer_that_never_ends_is_left_at_its_limit(site: Site, near: http.Http) -> None:
    site.answers["/1"] = drip(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 5000)
    with pytest.raises(TooLarge):
        near.get(at(site, "/1"), max_bytes=4999)


def test_a_small_answer_that_unpacks_to_a_large_one_is_left_at_its_limit(site: Site, near: http.Http) -> None:
    site.answers["/1"] = say(gzip.compress(bytes(20_000_000)), Content_Encoding="gzip")
    with pytest.raises(TooLarge):
        near.get(at(site, "/1"))


def test_a_packed_answer_arrives_unpacked(site: Site, near: http.Http) -> None:
    site.answers["/1"] = say(gzip.compress(b"hola"), Content_Encoding="gzip")
    answer = near.get(at(site, "/1"))
    assert (answer.content, answer.headers.get("content-encoding")) == (b"hola", None)


def test_a_redirect_with_an_endless_body_is_followed_without_reading_it(site: Site, near: http.Http) -> None:
    site.answers["/1"] = drip(b"HTTP/1.1 302 Found\r\nLocation: /2\r\n\r\n")
    assert near.get(at(site, "/1"), timeout=timedelta(seconds=3)).text == "hola"


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["status", "headers", "body"]
)
def test_an_answer_that_drips_ends_when_the_time_of_the_whole_does(
    site: Site, near: http.Http, head: bytes
) -> None:
    site.answers["/1"] = drip(head)
    began = time.monotonic()
    with pytest.raises(Unreachable, match=r"^«127\.0\.0\.1» no contestó: .*\.$") as late:
        near.get(at(site, "/1"), timeout=SECOND)
    # The drip has no end, and a busy machine is given time; but to have arrived it needs that second.
    assert time.monotonic() - began < 20
    assert late.value.arrived


def test_redirects_share_one_time_limit(site: Site, near: http.Http) -> None:
    def slow(door: BaseHTTPRequestHandler) -> None:
        site.released.wait(0.2)
        go("/1")(door)

    site.answers["/1"] = slow
    with pytest.raises(Unreachable):
        near.get(at(site, "/1"), timeout=SOON)
    assert len(site.asked) < http.REDIRECTS + 1


def test_a_closed_door_is_unreachable_and_nothing_arrived(near: http.Http) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable) as closed:
        near.get(f"http://127.0.0.1:{port}/bot123:token/send")
    assert not closed.value.arrived
    assert "token" not in str(closed.value)


def test_a_server_that_hangs_up_may_have_received_the_request(site: Site, near: http.Http) -> None:
    site.answers["/1"] = lambda door: door.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(Unreachable) as hung_up:
        near.post(at(site, "/1"), content=b"x")
    assert hung_up.value.arrived


def test_the_log_says_nothing_of_the_address(
    site: Site, near: http.Http, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        near.get(at(site, "/bot123:token/getMe"))
    assert [record.name for record in caplog.records] == []


def test_a_certificate_must_be_of_the_name_that_was_asked() -> None:
    authority = trustme.CA()
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(shown)
    site = Site(socket.AF_INET, "127.0.0.1")
    site.socket = shown.wrap_socket(site.socket, server_side=True)
    for _ in serving(site):
        with client(allow_private=True, trust=trust) as near:
            assert near.get(f"https://localhost:{site.server_port}/").text == "hola"
            with pytest.raises(Unreachable) as other_name:
                near.get(f"https://127.0.0.1:{site.server_port}/")
        with client(allow_private=True) as stranger, pytest.raises(Unreachable):
            stranger.get(f"https://localhost:{site.server_port}/")
    assert not other_name.value.arrived


@pytest.mark.parametrize(("error", "arrived"), [(httpx2.ConnectTimeout, False), (httpx2.ReadTimeout, True)])
def test_a_transport_of_the_callers_own_fails_with_our_errors(
    error: type[httpx2.TransportError], arrived: bool
) -> None:
    def fail(request: httpx2.Request) -> httpx2.Response:
        raise error("no")

    with client(transport=httpx2.MockTransport(fail)) as asking, pytest.raises(Unreachable) as failed:
        asking.get("https://api.example/")
    assert failed.value.arrived is arrived


def test_a_transport_of_the_callers_own_needs_no_network() -> None:
    with client(
        transport=httpx2.MockTransport(lambda request: httpx2.Response(201, json={"ok": True}))
    ) as asking:
        assert asking.post("https://api.example/", json={}).json() == {"ok": True}


def test_one_client_serves_many_threads_each_with_its_own_time(site: Site, near: http.Http) -> None:
    site.answers["/slow"] = drip(b"")
    texts: list[str] = []

    def ask() -> None:
        texts.extend(near.get(at(site)).text for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    with pytest.raises(Unreachable):
        near.get(at(site, "/slow"), timeout=SOON)
    for thread in threads:
        thread.join()
    assert texts == ["hola"] * 80


@pytest.mark.parametrize(
    ("asked", "wait"),
    [
        ("30", timedelta(seconds=30)),
        ("99999999999999999999", LONGEST_WAIT),
        ("9" * 5_000, LONGEST_WAIT),
        ("", timedelta(minutes=5)),
        ("mañana", timedelta(minutes=5)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", timedelta()),
        ("Wed, 21 Oct 2099 07:28:00 GMT", LONGEST_WAIT),
    ],
)
def test_a_wait_is_read_in_seconds_or_as_a_date_and_within_reason(asked: str, wait: timedelta) -> None:
    assert waiting(asked, otherwise=timedelta(minutes=5)) == wait


@pytest.mark.parametrize(
    ("body", "told"), [('{"id": 1}', {"id": 1}), ("{}", {}), ("[1]", None), ("<html>", None), ("", None)]
)
def test_an_answer_is_an_object_or_nothing(body: str, told: dict[str, int] | None) -> None:
    assert object_in(http.Answer(502, text=body)) == told
