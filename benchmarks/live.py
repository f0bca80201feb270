"""A post of a live coverage on thousands of open pages: how soon, for how much memory, with how many connections to the
database; on our own hub beside a plain broadcaster, on nginx with nchan beside nchan alone."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench import HERE, PREGON, Bench, Row, free_port, tell, wait_for_page, wait_for_port
from pages import site_of
from starting import family, weight

DEPLOY = HERE.parent / "deploy" / "nginx"
MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so"
EMBEDDED, SCALED, RETURNING, FEW = 5_000, 15_000, 2_000, 10
POSTS, PAUSE = 20, 1.0
SOON, LIGHT, LIGHTER = 1.0, 30, 20
LATEST = 30


@dataclass(frozen=True, slots=True)
class Waits:
    """From the beginning of a post until a reader has it, in seconds, of all readers and posts."""

    found: list[float]

    def part(self, share: float) -> float:
        return self.found[min(int(len(self.found) * share), len(self.found) - 1)]

    @property
    def p99(self) -> float:
        return self.part(0.99)

    def __str__(self) -> str:
        half, most = self.part(0.5), self.part(0.95)
        return f"median {half:.2f} s, 95th percentile {most:.2f} s, latest {self.found[-1]:.2f} s"


class Crowd:
    """Readers in as many processes as there are cores."""

    def __init__(self, processes: list[Popen[str]], count: int) -> None:
        self.processes, self.count = processes, count
        self.arrived: dict[int, list[float]] = {}
        self.times: Counter[str] = Counter()

    def look(self) -> None:
        """Ask all what they heard since last time."""
        for process in self.processes:
            assert process.stdin
            process.stdin.write("report\n")
            process.stdin.flush()
        for process in self.processes:
            assert process.stdout
            heard = json.loads(process.stdout.readline())
            for number, times in heard["arrived"].items():
                self.arrived.setdefault(int(number), []).extend(times)
            self.times.update(heard["times"])

    def waits(self, began: Mapping[int, float]) -> Waits:
        """Once everybody has all of it. A telling that somebody lacks or has twice ends the measure."""
        ends = time.monotonic() + LATEST
        while True:
            self.look()
            heard = {number: len(self.arrived.get(number, ())) for number in began}
            if set(heard.values()) == {self.count}:
                break
            if time.monotonic() > ends or max(heard.values()) > self.count:
                raise RuntimeError(f"Of {self.count} readers so many heard each telling: {heard}")
            time.sleep(0.5)
        return Waits(sorted(at - began[number] for number in began for at in self.arrived[number]))


@contextmanager
def crowd(bench: Bench, port: int, stream: str, count: int) -> Iterator[Crowd]:
    cores = len(os.sched_getaffinity(0)) if count > FEW else 1
    with ExitStack() as running:
        processes = [
            running.enter_context(
                bench.process(
                    [
                        *(sys.executable, HERE / "inside" / "listeners.py", port, f"/vivo/{stream}"),
                        *(count // cores, 1 + core * 10),
                    ]
                )
            )
            for core in range(cores)
        ]
        for process in processes:
            assert process.stdout
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("Not every reader was let in.")
        time.sleep(1)
        yield Crowd(processes, count)


def measure(bench: Bench) -> list[Row]:
    home = bench.office()
    coverage = bench.inside("coverage", home, "open")
    bench.inside("rest", home)
    return [*embedded(bench, home, coverage), on_postgresql(bench), *scaled(bench, home, coverage)]


def post(
    bench: Bench,
    home: Path,
    coverage: Mapping[str, Any],
    count: int = POSTS,
    pause: float = PAUSE,
    **more: str,
) -> dict[int, float]:
    began = bench.inside("coverage", home, "post", coverage["pk"], count, pause, **more)
    return {int(number): at for number, at in began.items()}


# --- Our own hub --------------------------------------------------------------------------------------------


def embedded(bench: Bench, home: Path, coverage: Mapping[str, Any]) -> list[Row]:
    tell(f"live: {EMBEDDED:,} readers on our own hub, {POSTS} posts …")
    port = free_port()
    with bench.process([PREGON, "up", "--home", home, "--port", port]) as up:
        wait_for_page(f"http://127.0.0.1:{port}{coverage['page']}")
        with crowd(bench, port, coverage["stream"], FEW) as few:
            few.waits(post(bench, home, coverage, 3))
            before, open_few = web_weight(home), connections(up.pid, home)
        with crowd(bench, port, coverage["stream"], EMBEDDED) as readers:
            waits = readers.waits(post(bench, home, coverage))
            heavier = (web_weight(home) - before) / EMBEDDED * 1000
            open_many = connections(up.pid, home)
        back = return_at_once(bench, home, port, coverage)
    peer, peer_heavier = broadcaster(bench)
    return [
        Row(
            measure=f"A post of a live coverage, `pregon up` at work, {EMBEDDED:,} pages open on our own hub: from the "
            f"beginning of the desk's action until a page has it, 99th percentile of {POSTS} posts ({waits}); "
            "beside a plain broadcaster of Starlette and uvicorn that is told the same text",
            ours=f"{waits.p99:.2f} s",
            peer=f"{peer.p99:.2f} s",
            ratio=f"{peer.p99 / waits.p99:.2f} ×",
            bar=f"≤ {SOON:.0f} s",
            met=waits.p99 <= SOON,
        ),
        Row(
            measure="… memory for each page that is open (PSS of the web part)",
            ours=f"{heavier:.1f} kB",
            peer=f"{peer_heavier:.1f} kB",
            ratio=f"{peer_heavier / heavier:.2f} × less",
            bar=f"≤ {LIGHT} kB",
            met=heavier <= LIGHT,
        ),
        Row(
            measure=f"… how often all parts hold its SQLite open with {EMBEDDED:,} pages open; with {FEW}",
            ours=f"{open_many}",
            peer=f"{open_few}",
            ratio="–",
            bar="the same",
            met=open_many == open_few,
        ),
        Row(
            measure=f"{RETURNING:,} readers, the web part killed with SIGKILL, 3 posts while it is away, all back at "
            "once without waiting: from the kill until each has heard each post once",
            ours=f"{back:.1f} s",
            peer="–",
            ratio="–",
        ),
    ]


def on_postgresql(bench: Bench) -> Row:
    tell("live: the same on PostgreSQL, whose connections are counted …")
    told = bench.run(
        [
            *(HERE.parent / "scripts" / "with-postgres", "bash", HERE / "inside" / "connections.sh"),
            *(free_port(), FEW, EMBEDDED),
        ],
        timeout=300,
        PREGON_HOME=str(bench.root / "office-live-postgresql"),
        PREGON_PYTHON=sys.executable,
    )
    few, many = (json.loads(line)["connections"] for line in told.splitlines() if "connections" in line)
    return Row(
        measure=f"… connections to PostgreSQL with {EMBEDDED:,} pages open on our own hub; with {FEW}",
        ours=f"{many}",
        peer=f"{few}",
        ratio="–",
        bar="the same",
        met=many == few,
    )


def return_at_once(bench: Bench, home: Path, port: int, coverage: Mapping[str, Any]) -> float:
    with crowd(bench, port, coverage["stream"], RETURNING) as readers:
        readers.waits(post(bench, home, coverage, 1))  # so that each has a place to come back to
        killed = time.perf_counter()
        os.kill(web_of(home), signal.SIGKILL)
        began = post(bench, home, coverage, 3, 0.05)
        readers.waits(began)
        time.sleep(1)
        readers.look()
        wrong = [said for said in readers.times if not said.endswith("×1")]
        if wrong:
            raise RuntimeError(f"Readers that came back heard these more than once: {wrong}")
        return max(at for number in began for at in readers.arrived[number]) - killed


def broadcaster(bench: Bench) -> tuple[Waits, float]:
    port = free_port()
    with bench.process([sys.executable, HERE / "inside" / "broadcaster.py", port]) as server:
        wait_for_port(port)
        with crowd(bench, port, "sitio", FEW) as few:
            few.waits(post_bare(f"http://127.0.0.1:{port}/", 1))
            before = weight(server.pid)
        with crowd(bench, port, "sitio", EMBEDDED) as readers:
            waits = readers.waits(post_bare(f"http://127.0.0.1:{port}/", POSTS))
            return waits, (weight(server.pid) - before) / EMBEDDED * 1000


def post_bare(url: str, count: int, *, first: int = 1_000_000, **headers: str) -> dict[int, float]:
    """As much text as a post has, told without any office."""
    began = {}
    for number in range(first, first + count):
        time.sleep(PAUSE * random.uniform(0.7, 1.3))
        text = json.dumps({"epoch": "0a1b2c3d", "number": number, "html": "x" * 700})
        request = urllib.request.Request(url, text.encode(), headers, method="POST")
        began[number] = time.perf_counter()
        urllib.request.urlopen(request, timeout=30).close()
    return began


def web_of(home: Path) -> int:
    pid: int = json.loads((home / "run" / "web.json").read_text(encoding="utf-8"))["pid"]
    return pid


def web_weight(home: Path) -> float:
    return weight(web_of(home))


def connections(pid: int, home: Path) -> int:
    """How often the parts hold the database open."""
    found, base = 0, str(home / "pregon.sqlite3")
    for process in family(pid):
        for file in Path(f"/proc/{process}/fd").iterdir():
            try:
                found += str(file.readlink()) == base
            except OSError:
                continue
    return found


# --- nginx with nchan ---------------------------------------------------------------------------------------


def scaled(bench: Bench, home: Path, coverage: Mapping[str, Any]) -> list[Row]:
    tell(f"live: {SCALED:,} readers on nginx with nchan, {POSTS} posts …")
    port, door, python = free_port(), free_port(), free_port()
    where = {"PREGON_HUB_URL": f"http://127.0.0.1:{door}/"}
    conf = configure_nginx(bench, home, port=port, door=door, python=python)
    with (
        bench.process(["nginx", "-c", conf, "-e", bench.root / "live.log"]) as nginx,
        bench.process([PREGON, "up", "--home", home, "--port", python], **where),
    ):
        wait_for_page(f"http://127.0.0.1:{python}{coverage['page']}")
        wait_for_page(f"http://127.0.0.1:{port}{coverage['page']}")
        post(bench, home, coverage, 1, **where)
        before = nginx_weight(nginx)
        with crowd(bench, port, coverage["stream"], SCALED) as readers:
            waits = readers.waits(post(bench, home, coverage, **where))
            heavier = (nginx_weight(nginx) - before) / SCALED * 1000
            url = f"http://127.0.0.1:{door}/{coverage['stream']}"
            bare = readers.waits(post_bare(url, POSTS, **{"X-EventSource-Event": "post"}))
    return [
        Row(
            measure=f"The same with {SCALED:,} pages open on nginx with nchan and the files of `deploy/nginx/` "
            f"({waits}); beside nchan alone, told the same text without an office, by the same readers",
            ours=f"{waits.p99:.2f} s",
            peer=f"{bare.p99:.2f} s",
            ratio=f"{bare.p99 / waits.p99:.2f} ×",
            bar=f"≤ {SOON:.0f} s",
            met=waits.p99 <= SOON,
        ),
        Row(
            measure="… memory for each page that is open (PSS of nginx, master and workers, with what they share)",
            ours=f"{heavier:.1f} kB",
            peer="–",
            ratio="–",
            bar=f"≤ {LIGHTER} kB",
            met=heavier <= LIGHTER,
        ),
    ]


def nginx_weight(nginx: Popen[str]) -> float:
    return sum(map(weight, family(nginx.pid)))


def configure_nginx(bench: Bench, home: Path, *, port: int, door: int, python: int) -> Path:
    """The files of ``deploy/nginx/`` with nchan switched on."""
    folder = bench.root / "live"
    folder.mkdir()
    site = site_of(home, folder, port=port, python=python)
    site = site.replace("# include snippets/pregon-live.conf;", f"include {DEPLOY}/live.conf;")
    (folder / "site.conf").write_text(site, encoding="utf-8")
    ours = (DEPLOY / "live-door.conf").read_text(encoding="utf-8").replace(":8090", f":{door}")
    (folder / "door.conf").write_text(ours, encoding="utf-8")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""  # the home is closed to anybody but its owner
    conf = folder / "nginx.conf"
    conf.write_text(
        f"load_module {MODULE}; {user} daemon off; worker_processes auto; pid {folder}/nginx.pid;\n"
        f"include {DEPLOY}/main.conf;\n"
        "events { worker_connections 16000; }\n"
        f"http {{ {temporary} include {folder}/site.conf; include {folder}/door.conf; }}\n",
        encoding="utf-8",
    )
    return conf
