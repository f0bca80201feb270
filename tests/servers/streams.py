"""A reader of server-sent events that keeps all it is sent, byte by byte."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Self


class Listener:
    """A reader that keeps all it is sent."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self.sock = socket.create_connection(("127.0.0.1", port), timeout=10)
        asked = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n{asked}\r\n".encode())
        self.heard = b""

    def until(self, so: Callable[[str], bool], *, seconds: float = 5) -> str:
        ends = time.monotonic() + seconds
        while not so(self.heard.decode()) and (left := ends - time.monotonic()) > 0:
            self.sock.settimeout(left)
            try:
                piece = self.sock.recv(65536)
            except TimeoutError:
                break
            if not piece:
                break
            self.heard += piece
        return self.heard.decode()

    def ids(self, count: int) -> list[str]:
        """The numbers of all it heard, once there are ``count``; the greeting and the heartbeats have none."""
        text = self.until(lambda heard: heard.count("\nid: ") >= count)
        return [line.removeprefix("id: ").strip() for line in text.split("\n") if line.startswith("id: ")]

    def close(self) -> None:
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()
