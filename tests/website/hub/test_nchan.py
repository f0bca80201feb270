"""nginx's nchan with the deployed files: what is told reaches its readers in order, and they hear what they missed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.utils import timezone

from pregon.core.http import client
from pregon.website import actions as website
from pregon.website.hub.nchan import post_due
from pregon.website.models import Broadcast
from servers.command import free_port
from servers.streams import Listener

pytestmark = [pytest.mark.django_db]

DEPLOY = Path(__file__).parents[3] / "deploy" / "nginx"
MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
NOW = timezone.now()


@dataclass(frozen=True)
class Nginx:
    site: int
    door: int

    def listen(self, path: str = "/vivo/sitio", **headers: str) -> Listener:
        return Listener(self.site, path, {"Accept": "text/event-stream", **headers})

    def post_due(self) -> int:
        return post_to(self.door)


@pytest.fixture
def nginx(tmp_path: Path) -> Iterator[Nginx]:
    ports = Nginx(free_port(), free_port())
    door = (DEPLOY / "live-door.conf").read_text(encoding="utf-8")
    (tmp_path / "door.conf").write_text(re.sub(r"127\.0\.0\.1:8090", f"127.0.0.1:{ports.door}", door))
    user = "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"load_module {MODULE}; {user} daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}"
        f"http {{ access_log off; client_body_temp_path {tmp_path}/body; include {tmp_path}/door.conf;"
        f"server {{ listen 127.0.0.1:{ports.site}; include {DEPLOY}/live.conf; }} }}"
    )
    command = [
        shutil.which("nginx") or "/usr/sbin/nginx",
        "-e",
        f"{tmp_path}/error.log",
        "-c",
        f"{tmp_path}/nginx.conf",
    ]
    with subprocess.Popen(command) as server:
        try:
            wait_for(ports.site)
            yield ports
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return


def post_to(port: int) -> int:
    with client(allow_private=True) as http:
        return post_due(f"http://127.0.0.1:{port}/", http, at=NOW)


def tell(number: int) -> None:
    website.tell(["sitio"], "post", {"n": number}, at=NOW)


def numbers(heard: str) -> list[int]:
    return [int(number) for number in re.findall(r'"n": (\d+)', heard)]


def test_what_is_told_reaches_who_listens_in_order_and_once(nginx: Nginx) -> None:
    with nginx.listen() as reader:
        reader.until(lambda heard: ": hi" in heard)
        for number in range(1, 4):
            tell(number)
        assert (nginx.post_due(), nginx.post_due()) == (3, 0)
        heard = reader.until(lambda heard: heard.count("event: post") == 3)
        assert numbers(heard) == [1, 2, 3]
        assert '"epoch": "' in heard


def test_who_comes_back_hears_what_it_missed(nginx: Nginx) -> None:
    with nginx.listen() as reader:
        reader.until(lambda heard: ": hi" in heard)
        tell(1)
        nginx.post_due()
        heard = reader.until(lambda heard: "data" in heard and heard.endswith("\n\n"))
    last = re.findall(r"(?m)^id: (.+)$", heard)[-1].strip()
    tell(2)
    tell(3)
    nginx.post_due()
    with nginx.listen(**{"Last-Event-ID": last}) as back:
        assert numbers(back.until(lambda heard: heard.count("event: post") == 2)) == [2, 3]


def test_while_nginx_is_away_what_is_told_waits_in_its_order(nginx: Nginx) -> None:
    tell(1)
    tell(2)
    assert post_to(free_port()) == 0
    assert not Broadcast.objects.filter(posted_at__isnull=False).exists()
    with nginx.listen() as reader:
        reader.until(lambda heard: ": hi" in heard)
        nginx.post_due()
        assert numbers(reader.until(lambda heard: heard.count("event: post") == 2)) == [1, 2]


def test_streams_that_no_office_has_are_not_there(nginx: Nginx) -> None:
    with nginx.listen("/vivo/otra") as reader:
        assert "404" in reader.until(lambda heard: "\r\n\r\n" in heard)


@pytest.mark.parametrize(
    "forged",
    [
        "7",
        "<script>",
        "0a1b2c3d.99",
        pytest.param("x" * 3000, id="3,000 letters"),
        "1:0,2",
        "0:0",
        "9999999999:0",
    ],
)
def test_a_forged_mark_is_answered_and_harms_no_other_reader(forged: str, nginx: Nginx) -> None:
    with nginx.listen() as reader, nginx.listen(**{"Last-Event-ID": forged}) as forger:
        reader.until(lambda heard: ": hi" in heard)
        answer = forger.until(lambda heard: "\r\n\r\n" in heard)
        assert answer.startswith(("HTTP/1.1 200 ", "HTTP/1.1 400 "))
        assert "<script>" not in answer
        tell(1)
        assert nginx.post_due() == 1
        assert numbers(reader.until(lambda heard: heard.count("event: post") == 1)) == [1]
