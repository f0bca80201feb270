"""Live coverages of a demo office, posted with the very actions that the desk posts with, each minute in its place."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pregon.accounts.models import User
from pregon.agenda.models import Act
from pregon.newsroom import actions as newsroom
from pregon.newsroom.models import Bulletin, LiveBlog, LivePost

#: The picture that a seed draws.
Draw = Callable[[int], bytes]
#: How long a mistake stands before it is corrected.
NOTICED = timedelta(minutes=3)


def follow(act: Act, told: dict[str, Any], *, opened: datetime, by: User | None, draw: Draw) -> LiveBlog:
    """A coverage of ``act`` with the posts that are ``told``, still open."""
    blog = newsroom.open_live(act, by=by, at=opened)
    for said in told["publicaciones"]:
        add(blog, said, at=opened + timedelta(minutes=said["minuto"]), by=by, draw=draw)
    return newsroom.pin(blog, told["esencial"], version=blog.version, at=opened + NOTICED)


def close(blog: LiveBlog, bulletin: Bulletin, *, by: User | None, at: datetime) -> LiveBlog:
    """Close the coverage as if ``bulletin``, which is out already, had been made from its draft."""
    blog = newsroom.close_live(blog, by=by, at=at)
    draft, blog.bulletin = blog.bulletin, bulletin
    blog.save(update_fields=["bulletin"])
    if draft:
        draft.delete()
    return blog


def add(blog: LiveBlog, said: dict[str, Any], *, at: datetime, by: User | None, draw: Draw) -> LivePost:
    words = newsroom.Words(headline=said.get("titulo", ""), text=said["texto"], person=said.get("quien", ""))
    first = newsroom.Words(
        headline=words.headline, text=said.get("corrige", said)["texto"], person=words.person
    )
    with tempfile.TemporaryDirectory(prefix="pregon-demo-") as folder:
        shot = None
        if "foto" in said:
            shot = newsroom.Shot(path=Path(folder) / "foto.jpg", name="foto.jpg", seen=said["se_ve"])
            shot.path.write_bytes(draw(said["foto"]))
        posted = newsroom.post(blog, first, key=uuid4(), by=by, at=at, shot=shot)
    if "corrige" in said:
        note = said["corrige"]["nota"]
        newsroom.correct_post(posted, words, note=note, version=posted.version, by=by, at=at + NOTICED)
    return posted
