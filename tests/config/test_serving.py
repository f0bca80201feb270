from __future__ import annotations

import threading
import time

import uvicorn

from pregon.config.serving import Server
from pregon.website.front import SAFETY
from pregon.website.hub.doors import Doors
from pregon.website.hub.window import Mark
from servers.streams import Listener


def test_who_follows_a_page_does_not_keep_the_office_from_ending() -> None:
    doors = Doors(lambda doors: doors.tell({"sitio": (Mark("0a1b2c3d", 0), [])}), safety=SAFETY)
    config = uvicorn.Config(
        doors, http="httptools", lifespan="off", log_level="critical", port=0, timeout_graceful_shutdown=30
    )
    server = Server(config, doors)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)  # uvicorn tells nobody that it listens
    reader = Listener(server.servers[0].sockets[0].getsockname()[1], "/vivo/sitio", {})
    reader.until(lambda heard: "event: here" in heard)
    server.should_exit = True
    thread.join(10)
    assert (thread.is_alive(), reader.until(lambda heard: False).endswith("\r\n0\r\n\r\n")) == (False, True)
    reader.close()
