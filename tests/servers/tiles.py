"""A double of a server of map tiles (``/{z}/{x}/{y}.png``, 256 pixels), each of a colour of its own."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from servers.http import Answer, Request, serving


class TileServer:
    """``asked`` holds every tile in its order; ``broken`` is answered instead of any."""

    def __init__(self) -> None:
        self.template = ""
        self.asked: list[tuple[int, int, int]] = []
        self.broken: Answer | None = None

    @staticmethod
    def colour(x: int, y: int) -> tuple[int, int, int]:
        return (60 + x * 67 % 160, 60 + y * 71 % 160, 200)

    def answer(self, request: Request) -> Answer:
        found = re.fullmatch(r"/(\d+)/(\d+)/(\d+)\.png", request.path)
        if not found:
            return Answer(status=404)
        z, x, y = map(int, found.groups())
        self.asked.append((z, x, y))
        if self.broken:
            return self.broken
        if not (0 <= x < 2**z and 0 <= y < 2**z):
            return Answer(status=404)
        stream = io.BytesIO()
        Image.new("RGB", (256, 256), self.colour(x, y)).save(stream, "PNG")
        return Answer(body=stream.getvalue(), headers={"Content-Type": "image/png"})


@contextmanager
def tiles_serving() -> Iterator[TileServer]:
    server = TileServer()
    with serving(server.answer) as url:
        server.template = f"{url}/{{z}}/{{x}}/{{y}}.png"
        yield server
