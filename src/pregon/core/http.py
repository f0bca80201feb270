"""The one door from the office to the web: no other module opens a connection to an address people typed.

OutboundError
├── Refused        the address is not one we ask: a private network, another scheme, too many redirects
├── Unreachable    no answer came, or not in time
└── TooLarge       the answer is longer than was asked for

The host is resolved, every address it has is checked, and the connection goes to a checked address: all in
one place, at every connection, so that neither a redirect nor a name that changes its mind leads into the
office's own network.
"""

from __future__ import annotations

import ipaddress
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack

import httpcore2
import httpx2
from django.utils.translation import gettext as _

from pregon.core.errors import PregonError

TOTAL = timedelta(seconds=20)
CONNECT_SECONDS = 5.0
LARGEST = 10 * 1024 * 1024
REDIRECTS = 3
ADDRESSES_TRIED = 4
LONGEST_WAIT = timedelta(hours=24)

Answer = httpx2.Response


class OutboundError(PregonError):
    """No se pudo hablar con el otro servidor: revisa la dirección o inténtalo más tarde."""


class Refused(OutboundError):
    """Esa dirección no se puede consultar desde aquí: escribe una dirección pública que empiece con https://."""


class Unreachable(OutboundError):
    """El otro servidor no contestó: revisa la dirección o inténtalo más tarde."""

    def __init__(self, message: str = "", *, arrived: bool) -> None:
        super().__init__(message)
        #: Whether the request may have reached the other side. If not, asking again is harmless.
        self.arrived = arrived


class TooLarge(OutboundError):
    """La respuesta del otro servidor es demasiado grande: usa la dirección de un archivo más pequeño."""


class Payload(TypedDict, total=False):
    """What a request may carry."""

    params: Mapping[str, Any]
    headers: Mapping[str, str]
    content: bytes
    json: Any
    data: Mapping[str, Any]
    files: Any  # whatever httpx takes for multipart


class Options(Payload, total=False):
    """What a request may carry and cost."""

    timeout: timedelta
    max_bytes: int


def client(
    *,
    allow_private: bool = False,
    transport: httpx2.BaseTransport | None = None,
    timeout: timedelta = TOTAL,
    max_bytes: int = LARGEST,
    trust: ssl.SSLContext | None = None,
) -> Http:
    """A client for as many requests and threads as wanted.

    ``transport`` replaces the network, for tests of those who call; the guard over addresses is the network's
    and goes with it. ``trust`` replaces the certificates of the system.
    """
    if transport is not None:
        return Http(transport, timeout=timeout, max_bytes=max_bytes)
    door = Door(allow_private=allow_private, trust=trust or httpx2.create_ssl_context())
    return Http(_GuardedTransport(door), timeout=timeout, max_bytes=max_bytes, door=door)


class Http:
    """Asks one thing at a time within its limits; answers with any status, errors only with ours."""

    def __init__(
        self,
        transport: httpx2.BaseTransport,
        *,
        timeout: timedelta,
        max_bytes: int,
        door: Door | None = None,
    ) -> None:
        # httpx writes every address in the log, and some providers want their token in the address.
        logging.getLogger("httpx2").setLevel(logging.WARNING)
        logging.getLogger("httpcore2").setLevel(logging.WARNING)
        self._timeout = timeout
        self._max_bytes = max_bytes
        #: The network itself, for who speaks over it without httpx; ``None`` where a transport replaces it.
        self.door = door
        self._client = httpx2.Client(
            transport=transport,
            trust_env=False,  # a proxy from the environment would do the resolving, out of the guard's sight
            headers={"User-Agent": "Pregon"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # nobody recognises us next time
        )

    def get(self, url: str, **options: Unpack[Options]) -> Answer:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Unpack[Options]) -> Answer:
        return self.request("POST", url, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        timeout: timedelta | None = None,
        max_bytes: int | None = None,
        **payload: Unpack[Payload],
    ) -> Answer:
        """Ask, and read the whole answer within the limits.

        Redirects are followed for GET and HEAD only: a body goes where it was meant to go.
        """
        seconds = (self._timeout if timeout is None else timeout).total_seconds()
        largest = self._max_bytes if max_bytes is None else max_bytes
        patience = httpx2.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        try:
            request = self._client.build_request(method, url, timeout=patience, **payload)
        except (httpx2.InvalidURL, UnicodeError) as bad:
            raise Refused from bad
        with _time_limit(seconds), _ours(request.url.host):
            for _hop in range(REDIRECTS + 1):
                following, answer = self._ask(_checked(request), largest=largest)
                if following is None:
                    return answer
                request = following
        raise Refused(
            _("Esa dirección manda de una a otra sin llegar a ninguna: escribe la dirección final.")
        )

    def _ask(self, request: httpx2.Request, *, largest: int) -> tuple[httpx2.Request | None, Answer]:
        answer = self._client.send(request, stream=True, follow_redirects=False)
        try:
            if answer.has_redirect_location and request.method in {"GET", "HEAD"}:
                return _redirected(request, answer), answer
            return None, _whole(answer, largest=largest)
        finally:
            answer.close()

    def close(self) -> None:
        self._client.close()
        for close in self.door.closing if self.door else ():
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


# --- A request and its answer -----------------------------------------------------------------------------


def _checked(request: httpx2.Request) -> httpx2.Request:
    url = request.url
    if url.scheme not in {"http", "https"} or not url.host or not 0 < (url.port or 80) < 65_536:
        raise Refused
    return request


def _redirected(request: httpx2.Request, answer: Answer) -> httpx2.Request:
    following = answer.next_request
    if following is None:
        raise Refused(_("«%(host)s» manda a una dirección que no existe.") % {"host": request.url.host})
    if following.url.origin != request.url.origin:
        # httpx takes only Authorization off; keys in headers of other names are as secret.
        for name in set(following.headers) - {
            "host",
            "accept",
            "accept-encoding",
            "connection",
            "user-agent",
        }:
            del following.headers[name]
    return following


def _whole(answer: Answer, *, largest: int) -> Answer:
    """The answer with its body, unpacked, read up to the limit and no further."""
    said = answer.headers.get("content-length", "")
    if said.isdecimal() and int(said) > largest:
        raise TooLarge
    body = bytearray()
    for part in answer.iter_bytes():
        if len(body) + len(part) > largest:
            raise TooLarge
        body += part
    packing = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in packing]
    return Answer(answer.status_code, headers=headers, content=bytes(body), request=answer.request)


def object_in(answer: Answer) -> dict[str, Any] | None:
    """The JSON object that was answered; ``None`` for anything else, as from a gateway that answers with a page."""
    try:
        told = answer.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def waiting(retry_after: str, *, otherwise: timedelta) -> timedelta:
    """The wait that a ``Retry-After`` asks for, in seconds or as a date, within reason."""
    if retry_after.isdecimal():
        return min(timedelta(seconds=int(retry_after[:10])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return otherwise
    left = until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)
    return min(max(left, timedelta()), LONGEST_WAIT)


_never_left = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpcore2.ConnectError,
    httpcore2.ConnectTimeout,
    httpcore2.PoolTimeout,
)
_failed = (httpx2.HTTPError, httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)


@contextmanager
def _ours(host: str) -> Iterator[None]:
    """Foreign errors become ours; of the address they name only the host, for the rest may hold a token."""
    sentence = _("«%(host)s» no contestó: revisa la dirección o inténtalo más tarde.")
    try:
        yield
    except _failed as error:
        arrived = not isinstance(error, _never_left)
        raise Unreachable(sentence % {"host": host}, arrived=arrived) from error


# --- The network, guarded ---------------------------------------------------------------------------------

_deadline: ContextVar[float] = ContextVar("_deadline", default=float("inf"))


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """What happens inside shares these seconds, however many steps it takes."""
    token = _deadline.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(token)


def _left(limit: float | None, late: type[httpcore2.TimeoutException]) -> float:
    left = _deadline.get() - time.monotonic()
    if left <= 0:
        raise late
    return left if limit is None else min(left, limit)


class Door:
    """The network behind the guard."""

    def __init__(self, *, allow_private: bool, trust: ssl.SSLContext) -> None:
        self.trust = trust
        self.network = _GuardedNetwork(allow_private=allow_private)
        #: What else has connections of this door open, and closes them with it.
        self.closing: list[Callable[[], None]] = []

    def connect(self, scheme: str, host: str, port: int, *, seconds: float) -> socket.socket:
        """A new connection to an address that was checked; certificates are looked at too."""
        with _time_limit(seconds), _ours(host):
            stream = self.network.connect_tcp(host, port)
            if scheme == "https":
                stream = stream.start_tls(self.trust, host)
            connected: socket.socket = stream.get_extra_info("socket")
            return connected


class _GuardedTransport(httpx2.BaseTransport):
    def __init__(self, door: Door) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=door.trust,
            max_connections=20,
            max_keepalive_connections=10,
            keepalive_expiry=15,
            network_backend=door.network,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore2.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _GuardedNetwork(httpcore2.NetworkBackend):
    """Resolves once, checks, and connects to what was checked."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        addresses = _resolve(host, port, timeout=_left(timeout, httpcore2.ConnectTimeout))
        if not self._allow_private and not all(map(is_public, addresses)):
            raise Refused
        problem: Exception = httpcore2.ConnectError("The name has no address.")
        for address in addresses[:ADDRESSES_TRIED]:
            try:
                stream = self._network.connect_tcp(
                    address,
                    port,
                    timeout=_left(timeout, httpcore2.ConnectTimeout),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failed:
                problem = failed
            else:
                return _TimedStream(stream)
        raise problem


class _TimedStream(httpcore2.NetworkStream):
    """A connection whose every step ends when the time of the whole request does."""

    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, timeout=left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _resolve(host: str, port: int, *, timeout: float) -> list[str]:
    """Every address of ``host``; asked in a thread, for the system may be more patient than we are."""
    found: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(entry[4][0]) for entry in known)))
        except (OSError, UnicodeError) as error:
            found.put(error)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        answer = found.get(timeout=timeout)
    except queue.Empty:
        raise httpcore2.ConnectTimeout("The name took too long.") from None
    if isinstance(answer, Exception):
        raise httpcore2.ConnectError("The name is not known.") from answer
    return answer


_global_unicast = ipaddress.IPv6Network("2000::/3")
_translated = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether ``address`` is of the open Internet; an IPv4 address inside an IPv6 one counts as itself."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _translated:
            ip = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        elif ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip not in _global_unicast or ip.sixtofour is not None or ip.teredo is not None:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)
