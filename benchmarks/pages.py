"""Requests a second for one bulletin: its baked file through ``pregon up``, the same page rendered by Django and
Wagtail each time, and the baked folder through nginx beside nginx's own static file."""

from __future__ import annotations

import os
import re
import statistics
from pathlib import Path

from bench import (
    HERE,
    PREGON,
    Bench,
    Row,
    free_port,
    in_turn,
    medians,
    tell,
    times,
    wait_for_page,
    wait_for_port,
)

from pregon.website.front import CACHE_PAGE

ROUNDS, SECONDS, CONNECTIONS = 9, 1, 16
#: Masks of the processors that nginx and wrk keep to, so that neither is moved about meanwhile.
SERVER, CLIENT = 0b01, 0b10
#: What the browser of a phone says of itself when a person follows a link.
PHONE = (
    "User-Agent: Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Site: cross-site",
    "Referer: https://www.facebook.com/",
    "Accept-Language: es-MX,es;q=0.9",
)
DEPLOY = HERE.parent / "deploy" / "nginx"


def measure(bench: Bench) -> list[Row]:
    home, plain = bench.office(), bench.office()
    page = newest_bulletin(home)
    for file in (plain / "baked").rglob("*"):
        if file.is_file():
            file.unlink()  # what cannot be read from a file is rendered
    tell(f"pages: {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each …")
    return [beside_wagtail(bench, home, plain, page), *beside_nginx(bench, home, page)]


def beside_wagtail(bench: Bench, home: Path, plain: Path, page: str, *, where: str = "") -> Row:
    ours, django = free_port(), free_port()
    with (
        bench.process([PREGON, "up", "--home", home, "--port", ours]),
        bench.process([PREGON, "web", "--home", plain, "--port", django]),
    ):
        wait_for_page(f"http://127.0.0.1:{ours}{page}")
        wait_for_page(f"http://127.0.0.1:{django}{page}")
        found = medians(
            ROUNDS,
            ours=lambda: load(bench, f"http://127.0.0.1:{ours}{page}") / SECONDS,
            django=lambda: load(bench, f"http://127.0.0.1:{django}{page}") / SECONDS,
        )
    more = found["ours"] / found["django"]
    return Row(
        measure=f"A bulletin{where} through `pregon up`, beside the same page rendered by plain Wagtail",
        ours=f"{found['ours']:,.0f} requests/s",
        peer=f"{found['django']:,.0f} requests/s",
        ratio=f"{more:.0f} ×",
        bar="≥ 30 ×",
        met=more >= 30,
    )


def beside_nginx(bench: Bench, home: Path, page: str) -> list[Row]:
    """By the processor time that one request takes: that is what bounds a busy server, and it does not hang on who
    else uses the machine meanwhile."""
    deployed, static, logged, bare = (free_port() for _ in range(4))
    conf = configure_nginx(bench, home, deployed=deployed, static=static, logged=logged, bare=bare)
    with bench.process(["nginx", "-c", conf, "-e", bench.root / "nginx.log"]) as nginx:
        for port in (deployed, static, logged, bare):
            wait_for_port(port)
        [worker] = Path(f"/proc/{nginx.pid}/task/{nginx.pid}/children").read_text().split()

        def microseconds(url: str, *headers: str) -> float:
            before = processor_time(worker)
            answered = load(bench, url, *headers)
            return (processor_time(worker) - before) / answered * 1e6

        ours, theirs = f"http://127.0.0.1:{deployed}{page}", f"http://127.0.0.1:{static}{page}index.html"
        shown = in_turn(
            3 * ROUNDS,
            ours=lambda: microseconds(ours),
            static=lambda: microseconds(theirs),
            bare=lambda: microseconds(f"http://127.0.0.1:{bare}{page}index.html"),
            counted=lambda: microseconds(ours, *PHONE),
            logged=lambda: microseconds(f"http://127.0.0.1:{logged}{page}index.html", *PHONE),
        )
    found = {name: statistics.median(rounds) for name, rounds in shown.items()}
    share = times(shown["ours"], shown["static"])
    return [
        Row(
            measure="The same through nginx with `deploy/nginx/pregon.conf`, beside nginx's own static file in the "
            "same folder with the same headers, in processor time a request",
            ours=f"{found['ours']:.1f} µs",
            peer=f"{found['static']:.1f} µs",
            ratio=f"{share:.2f} ×",
            bar="≥ 0.90 ×",
            met=share >= 0.9,
        ),
        Row(
            measure="… and beside that file without any header of safety or age",
            ours=f"{found['ours']:.1f} µs",
            peer=f"{found['bare']:.1f} µs",
            ratio=f"{times(shown['ours'], shown['bare']):.2f} ×",
        ),
        Row(
            measure="… as the browser of a phone asks for it, each view counted; beside the file with the same headers "
            "and nginx's own log of who reads it",
            ours=f"{found['counted']:.1f} µs",
            peer=f"{found['logged']:.1f} µs",
            ratio=f"{times(shown['counted'], shown['logged']):.2f} ×",
        ),
    ]


def processor_time(pid: str) -> float:
    """Seconds that a process has spent, in itself and in the kernel."""
    spent = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(spent[11]) + int(spent[12])) / os.sysconf("SC_CLK_TCK")


def newest_bulletin(home: Path) -> str:
    files = sorted((home / "baked" / "boletines").glob("20*-*/index.html"))
    return f"/boletines/{files[-1].parent.name}/"


def load(bench: Bench, url: str, *headers: str) -> float:
    """How many requests were answered in ``SECONDS``."""
    brought = [word for header in headers for word in ("-H", header)]
    wrk = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *brought, url]
    said = bench.run(["taskset", f"{CLIENT:x}", *wrk])
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"Not every request to {url} was answered: {said}")
    found = re.search(r"(\d+) requests in", said)
    if found is None:
        raise RuntimeError(f"wrk said nothing of requests: {said}")
    return float(found[1])


def configure_nginx(bench: Bench, home: Path, *, deployed: int, static: int, logged: int, bare: int) -> Path:
    """One nginx with four doors to the same folder: the site file we deploy, its headers alone, these with a log, and
    none of both."""
    folder = bench.root / f"nginx-{home.name}"
    folder.mkdir()
    site = site_of(home, folder, port=deployed, python=free_port())
    (folder / "site.conf").write_text(site, encoding="utf-8")
    headers = "\n    ".join(re.findall(r"(?m)^    (add_header .+)$", site))
    for computed, constant in (("$pregon_age", f'"{CACHE_PAGE}"'), ("$pregon_frames", "'self'")):
        headers = headers.replace(computed, constant)
    user = "user root;" if os.geteuid() == 0 else ""  # the home is closed to anybody but its owner
    conf = folder / "nginx.conf"
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"""{user}
daemon off;
worker_processes 1;
worker_cpu_affinity {SERVER:b};
include {DEPLOY}/main.conf;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
{temporary}
  include {folder}/site.conf;
  server_tokens off;
  root {home}/baked;
  gzip_static on;
  types {{ text/html html; }}
  server {{
    listen 127.0.0.1:{static};
    {headers}
  }}
  server {{
    listen 127.0.0.1:{logged};
    access_log {folder}/access.log combined buffer=32k flush=1s;
    {headers}
  }}
  server {{ listen 127.0.0.1:{bare}; }}
}}
""",
        encoding="utf-8",
    )
    return conf


def site_of(home: Path, logs: Path, *, port: int, python: int) -> str:
    """The site file we deploy, for the office at ``home``."""
    site = (DEPLOY / "pregon.conf").read_text(encoding="utf-8")
    for ours, theirs in (
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{python}"),
        (r"(?m)^(\s*)listen 80;", rf"\1listen 127.0.0.1:{port};"),
        (r"(?m)^\s*listen \[::\]:80;.*$", ""),
        (r"/var/lib/pregon", str(home)),
        (r"/var/log/pregon", str(logs)),
    ):
        site = re.sub(ours, theirs, site)
    return site
