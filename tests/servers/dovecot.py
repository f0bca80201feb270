"""A real Dovecot on loopback, in a folder of its own: one for the run, and an empty mailbox for each test."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import trustme

from servers.command import eventually, free_port

PASSWORD = "secreta"
CONFIG = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
shutdown_clients = yes
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
first_valid_uid = 1
mail_location = maildir:{home}/mail/%u
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner_group} home={home}/mail/%u
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """Where it listens, and who may read. ``authority`` signed its certificate."""

    port: int
    tls_port: int
    authority: trustme.CA
    host: str = "127.0.0.1"
    user: str = "rebotes"
    password: str = PASSWORD

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(self.host, self.port, timeout=10) as client:
            client.login(self.user, self.password)
            yield client

    def put(self, *letters: bytes, folder: str = "INBOX") -> None:
        """As if they had just come in."""
        with self.client() as client:
            for letter in letters:
                done, _said = client.append(folder, "", imaplib.Time2Internaldate(time.time()), letter)
                assert done == "OK"

    def flags(self) -> list[str]:
        """Of each letter in the mailbox."""
        with self.client() as client:
            client.select(readonly=True)
            _done, said = client.fetch("1:*", "(FLAGS)")
            return [line.decode() for line in said if isinstance(line, bytes)]


@contextmanager
def dovecot_serving() -> Iterator[Dovecot]:
    command = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if command is None:
        msg = "Dovecot is not installed: run scripts/system-packages test and try again."
        raise RuntimeError(msg)
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))  # a short path: its sockets lie in it
    home.chmod(0o755)
    server = Dovecot(port=free_port(), tls_port=free_port(), authority=trustme.CA())
    certificate = server.authority.issue_cert(server.host)
    certificate.private_key_pem.write_to_path(home / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(home / "cert.pem")
    (home / "mail").mkdir()
    given = {"home": home, "password": PASSWORD, "port": server.port, "tls_port": server.tls_port}
    (home / "config").write_text(CONFIG.format(**given, **people()), encoding="utf-8")
    shutil.chown(home / "mail", people()["owner"], people()["owner_group"])
    process = subprocess.Popen([command, "-F", "-c", str(home / "config")], stderr=subprocess.PIPE, text=True)
    try:
        assert eventually(lambda: answers(server.port) or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=20)
        shutil.rmtree(home)


def people() -> dict[str, str]:
    """Root gives its work to the accounts that the package made; anybody else does it all alone."""
    if os.geteuid() == 0:
        return {
            "internal": "dovecot",
            "group": "dovecot",
            "login": "dovenull",
            "owner": "nobody",
            "owner_group": grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name,
        }
    me, mine = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    return {"internal": me, "group": mine, "login": me, "owner": me, "owner_group": mine}


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as caller:
        return caller.recv(4) == b"* OK"
    return False
