"""A push service that takes whatever comes and keeps nothing: what a sender is measured against, not tested."""

import asyncio
import sys

import httptools
import uvloop

TAKEN = b"HTTP/1.1 201 Created\r\nLocation: http://127.0.0.1/m/1\r\nTTL: 172800\r\nContent-Length: 0\r\n\r\n"


class Service(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        self.transport.write(TAKEN)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", port)
    await server.serve_forever()


uvloop.run(serve(int(sys.argv[1])))
