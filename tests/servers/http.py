"""A small HTTP server in a thread: what the doubles of providers and the webhook receiver stand on."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The connection ends here, and whoever asked never hears the answer.
    hang_up: bool = False


def form_of(request: Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The fields and the files of a body, in any of three ways: form, JSON, multipart."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return request.json(), {}
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True)), {}
    fields: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    if kind.startswith("multipart/form-data"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        for part in message_from_bytes(head + request.body, policy=policy.HTTP).iter_parts():
            assert isinstance(part, EmailMessage)
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            if part.get_filename():
                files[name] = content
            else:
                fields[name] = content.decode()
    return fields, files


@contextmanager
def serving(answer: Callable[[Request], Answer]) -> Iterator[str]:
    """Serve ``answer`` on a free port of loopback and give the address, without a slash at its end."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            given = answer(
                Request(
                    method=self.command,
                    path=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=self.rfile.read(length),
                )
            )
            if given.hang_up:
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(given.body)

        do_DELETE = do_GET = do_HEAD = do_PATCH = do_POST = do_PUT = reply  # noqa: N815 - the names the library looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's own signature
            """Say nothing: what came in is recorded."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
