"""Requests a second for one bulletin: its baked file through ``pregon up``, the same page rendered by Django and
Wagtail each time, and the baked folder through nginx beside nginx's own static file."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from pathlib import Path

from bench import HERE, PREGON, Bench, Row, free_port, medians, tell, wait_for_page, wait_for_port

ROUNDS, SECONDS, CONNECTIONS = 9, 1, 16
DEPLOYED = HERE.parent / "deploy" / "nginx.conf"


def measure(bench: Bench) -> list[Row]:
    home, plain = bench.office(), bench.office()
    page = newest_bulletin(home)
    for file in (plain / "baked").rglob("*"):
        if file.is_file():
            file.unlink()  # what cannot be read from a file is rendered
    with ExitStack() as servers:
        ours, django, nginx, static = (free_port() for _ in range(4))
        servers.enter_context(bench.process([PREGON, "up", "--home", home, "--port", ours]))
        servers.enter_context(bench.process([PREGON, "web", "--home", plain, "--port", django]))
        wait_for_page(f"http://127.0.0.1:{ours}{page}")
        wait_for_page(f"http://127.0.0.1:{django}{page}")
        conf = configure_nginx(bench, home, page, upstream=ours, deployed=nginx, static=static)
        servers.enter_context(bench.process(["nginx", "-c", conf, "-e", bench.root / "nginx.log"]))
        wait_for_port(nginx)
        wait_for_port(static)
        tell(f"pages: {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s each …")
        found = medians(
            ROUNDS,
            ours=lambda: requests_a_second(bench, f"http://127.0.0.1:{ours}{page}"),
            django=lambda: requests_a_second(bench, f"http://127.0.0.1:{django}{page}"),
            nginx=lambda: requests_a_second(bench, f"http://127.0.0.1:{nginx}{page}"),
            static=lambda: requests_a_second(bench, f"http://127.0.0.1:{static}/page.html"),
        )
    times, share = found["ours"] / found["django"], found["nginx"] / found["static"]
    return [
        Row(
            measure="A bulletin through `pregon up`, beside the same page rendered by plain Wagtail",
            ours=f"{found['ours']:,.0f} requests/s",
            peer=f"{found['django']:,.0f} requests/s",
            ratio=f"{times:.0f} ×",
            bar="≥ 30 ×",
            met=times >= 30,
        ),
        Row(
            measure="The same through nginx with `deploy/nginx.conf`, beside nginx's own static file of those bytes",
            ours=f"{found['nginx']:,.0f} requests/s",
            peer=f"{found['static']:,.0f} requests/s",
            ratio=f"{share:.2f} ×",
            bar="≥ 0.90 ×",
            met=share >= 0.9,
        ),
    ]


def newest_bulletin(home: Path) -> str:
    files = sorted((home / "baked" / "boletines").glob("20*-*/index.html"))
    return f"/boletines/{files[-1].parent.name}/"


def requests_a_second(bench: Bench, url: str) -> float:
    said = bench.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", url])
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"Not every request to {url} was answered: {said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if found is None:
        raise RuntimeError(f"wrk said nothing of requests: {said}")
    return float(found[1])


def configure_nginx(
    bench: Bench, home: Path, page: str, *, upstream: int, deployed: int, static: int
) -> Path:
    """One nginx with two doors: the site file we deploy, on this home, and a bare folder with the same bytes."""
    folder = bench.root / "nginx"
    (folder / "static").mkdir(parents=True)
    source = home / "baked" / page.strip("/") / "index.html"
    for suffix in ("", ".gz"):
        (folder / "static" / f"page.html{suffix}").write_bytes(Path(f"{source}{suffix}").read_bytes())
    site = DEPLOYED.read_text(encoding="utf-8")
    for ours, theirs in (
        (r"127\.0\.0\.1:8000", f"127.0.0.1:{upstream}"),
        (r"(?m)^(\s*)listen 80;", rf"\1listen 127.0.0.1:{deployed};"),
        (r"(?m)^\s*listen \[::\]:80;.*$", ""),
        (r"/var/lib/pregon", str(home)),
    ):
        site = re.sub(ours, theirs, site)
    (folder / "site.conf").write_text(site, encoding="utf-8")
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
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  default_type application/octet-stream;
{temporary}
  include {folder}/site.conf;
  server {{
    listen 127.0.0.1:{static};
    root {folder}/static;
    gzip_static on;
    types {{ text/html html; }}
  }}
}}
""",
        encoding="utf-8",
    )
    return conf
