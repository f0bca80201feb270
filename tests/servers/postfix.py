"""Debian's Postfix on loopback: an instance with its own queue, and smtp-sink, which obeys a command line."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from servers.command import eventually, free_port

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = correo.muestra.example
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 192.0.2.1
mydestination =
alias_maps =
alias_database =
virtual_mailbox_domains = muestra.example
virtual_mailbox_maps = regexp:{home}/people
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
relay_domains = lejos.example
transport_maps = inline:{{ lejos.example=smtp:[127.0.0.1]:{away} .lejos.example=smtp:[127.0.0.1]:{away} }}
fast_flush_domains =
smtp_connection_cache_on_demand = no
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access regexp:{home}/access{policy}
smtpd_sender_restrictions = check_sender_access inline:{{ nadie@muestra.example=REJECT }}
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = {most}
message_size_limit = {heaviest}
smtputf8_enable = yes
smtpd_tls_security_level = may
smtpd_tls_cert_file = {home}/cert.pem
smtpd_tls_key_file = {home}/key.pem
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
smtp unix - - n - - smtp
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
PEOPLE = "/^(p[0-9]+|vecina|begoña|boletines)@muestra[.]example$/ all/\n"
ACCESS = "/^luego/ 450 4.2.0 Greylisted, try again later\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Postfix:
    """Takes letters for vecina, begoña, boletines and p1, p2, … at muestra.example. ``luego…`` is put off, nobody may
    write as nadie, and what goes to lejos.example is passed on to the server at the port ``away``."""

    port: int
    home: Path
    authority: trustme.CA
    host: str = "127.0.0.1"

    def letters(self, count: int, *, naming: bytes = b"") -> list[bytes]:
        """What was delivered and has ``naming`` in it, once there is so much of it."""
        folder = self.home / "mail" / "all" / "new"

        def delivered() -> list[bytes]:
            letters = [path.read_bytes() for path in folder.iterdir()] if folder.is_dir() else []
            return [letter for letter in letters if naming in letter]

        assert eventually(lambda: len(delivered()) >= count), self.log()
        return delivered()

    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")


@contextmanager
def postfix_serving(
    *, most: int = 50, heaviest: int = 1_000_000, away: int = 9, policy: int | None = None
) -> Iterator[Postfix]:
    """``away`` and ``policy`` are ports: of the server of lejos.example, and of a service asked about each receiver."""
    command = [*as_root(), found("postfix")]
    home = Path(tempfile.mkdtemp(prefix="postfix-"))
    home.chmod(0o755)
    server = Postfix(port=free_port(), home=home, authority=trustme.CA())
    certificate = server.authority.issue_cert(server.host)
    certificate.private_key_pem.write_to_path(home / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(home / "cert.pem")
    for folder in ("config", "queue", "data", "mail"):
        (home / folder).mkdir(mode=0o755)
    subprocess.run([*as_root(), "chown", "postfix", str(home / "data")], check=True)
    subprocess.run([*as_root(), "chown", "nobody", str(home / "mail")], check=True)
    given = {
        "home": home,
        "port": server.port,
        "most": most,
        "heaviest": heaviest,
        "away": away,
        "policy": f", check_policy_service inet:127.0.0.1:{policy}" if policy else "",
        "uid": 65534,
        "gid": 65534,
    }
    for name, text in {"config/main.cf": MAIN, "config/master.cf": MASTER}.items():
        (home / name).write_text(text.format(**given), encoding="utf-8")
    (home / "people").write_text(PEOPLE, encoding="utf-8")
    (home / "access").write_text(ACCESS, encoding="utf-8")
    try:
        told = subprocess.run([*command, "-c", str(home / "config"), "start"], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
        assert eventually(lambda: greets(server.port)), server.log()
        yield server
    finally:
        subprocess.run([*command, "-c", str(home / "config"), "stop"], capture_output=True)
        subprocess.run([*as_root(), "rm", "-rf", str(home)], check=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """Swallows letters, and keeps a copy of each."""

    port: int
    home: Path
    host: str = "127.0.0.1"

    @property
    def letters(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.home.iterdir())]


@contextmanager
def sink_swallowing(*options: str) -> Iterator[Sink]:
    """``options`` are smtp-sink's own: ``-f RCPT`` refuses, ``-r DATA`` puts off, ``-q .`` hangs up, …"""
    home = Path(tempfile.mkdtemp(prefix="sink-"))
    home.chmod(0o777)
    sink = Sink(port=free_port(), home=home)
    humble = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [found("smtp-sink"), *humble, *options, "-d", f"{home}/letter.", f"{sink.host}:{sink.port}", "100"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert eventually(lambda: listens(sink.port) or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        yield sink
    finally:
        process.kill()
        process.communicate()
        shutil.rmtree(home)


def found(name: str) -> str:
    if (command := shutil.which(name, path=SBIN)) is None:
        msg = "Postfix is not installed: run scripts/system-packages test and try again."
        raise RuntimeError(msg)
    return command


def as_root() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
        return True
    return False


def greets(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        return caller.recv(3) == b"220"
    return False
