"""uvicorn, which lets the readers of live pages go before it ends: they would stay, and it would wait for them."""

from __future__ import annotations

import socket

import uvicorn

from pregon.website.hub.doors import Doors


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, doors: Doors) -> None:
        super().__init__(config)
        self.doors = doors

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.doors.close()
        await super().shutdown(sockets)
