"""The plain way to serve events with Starlette and uvicorn: a queue for each reader, and every one is filled.
Argument: port. ``POST /`` tells its body to all."""

import asyncio
import sys
from collections.abc import AsyncIterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

readers: set[asyncio.Queue[bytes]] = set()


async def told_to(queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
    readers.add(queue)
    try:
        yield b"event: here\ndata: .\n\n"
        while True:
            yield await queue.get()
    finally:
        readers.discard(queue)


async def listen(request: Request) -> Response:
    return StreamingResponse(told_to(asyncio.Queue()), media_type="text/event-stream")


async def tell(request: Request) -> Response:
    body = await request.body()
    for queue in readers:
        queue.put_nowait(b"event: post\ndata: " + body + b"\n\n")
    return Response(status_code=202)


app = Starlette(routes=[Route("/", tell, methods=["POST"]), Route("/{stream:path}", listen)])
uvicorn.run(
    app,
    port=int(sys.argv[1]),
    loop="uvloop",
    http="httptools",
    lifespan="off",
    access_log=False,
    log_level="critical",
    backlog=1024,
)
