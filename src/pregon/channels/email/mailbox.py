"""Reads the mailbox where bounces come, over IMAP. It only reads: nothing there is deleted, moved or marked.

The cursor is "uidvalidity:uid", the last letter that was looked at. A mailbox that numbers its letters anew, and one
that is read for the first time, is read from a week ago.
"""

from __future__ import annotations

import imaplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError

from pregon.channels.email.bounces import may_tell, news_in
from pregon.channels.email.conversation import SECONDS, trust
from pregon.channels.email.options import EmailOptions
from pregon.delivery.contract import Arrival, Report, Wish
from pregon.delivery.errors import Misconfigured, Postponed

#: Letters looked at in one call, and seconds between two calls that found fewer.
MOST, EVERY = 100, 60
#: What a letter may weigh to be read; ours, whole inside a bounce, weigh a tenth.
HEAVIEST = 2 * 1024 * 1024
WEEK = timedelta(days=7)
NOT_SAFE = gettext_lazy(
    "No hay conexión segura con el buzón de rebotes: revisa el nombre, el puerto y la seguridad en Envíos, Canales."
)

_rested: dict[EmailOptions, float] = {}


def news(options: EmailOptions, cursor: str) -> list[Arrival | Report]:
    """What came since ``cursor``; nothing when the mailbox was looked at a moment ago."""
    if _rested.get(options, 0) > time.monotonic():
        return []
    _rested[options] = time.monotonic() + EVERY
    with opened(options) as mailbox:
        events = list(read(mailbox, options.imap_folder, cursor))
    if len(events) == MOST:
        _rested.pop(options)
    return events


def check(options: EmailOptions) -> None:
    """Whether the mailbox can be read. Raises ``Misconfigured``."""
    try:
        with opened(options):
            pass
    except Postponed as unreachable:
        raise Misconfigured(str(unreachable)) from unreachable


def read(mailbox: BaseMailBox, folder: str, cursor: str) -> Iterator[Arrival | Report]:
    """One event for each letter, in order; the one about a letter that tells nothing only moves the cursor."""
    era = str(mailbox.folder.status(folder, ["UIDVALIDITY"])["UIDVALIDITY"])
    known, _colon, last = cursor.partition(":")
    seen = int(last) if known == era and last.isdecimal() else 0
    since = f"UID {seen + 1}:*" if seen else f"SINCE {datetime.now(UTC) - WEEK:%d-%b-%Y}"
    # A search from beyond the end finds the last one again.
    found = sorted(uid for uid in map(int, mailbox.uids(since, charset=None)) if uid > seen)[:MOST]
    telling = set(telling_ones(mailbox, found))
    for uid in found:
        cursor = f"{era}:{uid}"
        told = report_of(mailbox, uid, cursor) if uid in telling else None
        yield told or Arrival(sender="", name="", wish=Wish.NOTHING, cursor=cursor)


def telling_ones(mailbox: BaseMailBox, uids: list[int]) -> Iterator[int]:
    """Those worth reading, by their head."""
    if uids:
        heads = mailbox.fetch(
            uid_list=[str(uid) for uid in uids], headers_only=True, mark_seen=False, bulk=True
        )
        for head in heads:
            if head.uid and head.size_rfc822 <= HEAVIEST and may_tell(head.obj):
                yield int(head.uid)


def report_of(mailbox: BaseMailBox, uid: int, cursor: str) -> Report | None:
    for letter in mailbox.fetch(uid_list=str(uid), mark_seen=False):
        if told := news_in(letter.obj):
            return replace(told, cursor=cursor)
    return None


@contextmanager
def opened(options: EmailOptions) -> Iterator[BaseMailBox]:
    """The mailbox with its folder open to read. Raises ``Misconfigured`` and ``Postponed``."""
    try:
        mailbox = reached(options)
        try:
            enter(mailbox, options)
            yield mailbox
        finally:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                mailbox.logout()
            with suppress(OSError):
                mailbox.client.shutdown()
    except ssl.SSLError as insecure:
        raise Misconfigured(str(NOT_SAFE)) from insecure
    except (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError) as broken:
        raise Postponed(
            _("El buzón de rebotes en «%(host)s» no contesta; se intentará de nuevo.")
            % {"host": options.imap_host},
            wait=timedelta(minutes=5),
        ) from broken


def reached(options: EmailOptions) -> BaseMailBox:
    host, port = options.imap_host, options.imap_port
    if options.imap_security == "tls":
        return MailBox(host, port, timeout=SECONDS, ssl_context=trust())
    return MailBoxUnencrypted(host, port, timeout=SECONDS)


def enter(mailbox: BaseMailBox, options: EmailOptions) -> None:
    if options.imap_security == "starttls":
        if "STARTTLS" not in mailbox.client.capabilities:
            raise Misconfigured(str(NOT_SAFE))
        mailbox.client.starttls(trust())
    try:
        if (options.imap_user + options.imap_password).isascii():
            mailbox.login(options.imap_user, options.imap_password, initial_folder=None)
        else:
            mailbox.login_utf8(options.imap_user, options.imap_password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as refusal:
        if isinstance(refusal, imaplib.IMAP4.abort) or "UNAVAILABLE" in str(refusal):
            raise
        raise Misconfigured(
            _("El buzón de rebotes no acepta el usuario o la contraseña: revísalos en Envíos, Canales.")
        ) from refusal
    try:
        mailbox.folder.set(options.imap_folder, readonly=True)
    except MailboxFolderSelectError as missing:
        raise Misconfigured(
            _("En el buzón de rebotes no hay una carpeta «%(folder)s».") % {"folder": options.imap_folder}
        ) from missing
