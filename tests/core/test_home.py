"""One folder holds everything an office owns."""

from __future__ import annotations

from pathlib import Path

from pregon.core.home import Home


def test_every_part_lies_under_its_home_and_no_two_share_a_place(tmp_path: Path) -> None:
    home = Home(tmp_path)
    parts = [
        home.database,
        home.media,
        home.derived,
        home.baked,
        home.archive,
        home.static,
        home.outbox,
        home.views,
        home.run,
        home.secret,
    ]
    assert {part.parent for part in parts} == {tmp_path}
    assert len(set(parts)) == len(parts)


def test_preparing_makes_the_folders_and_lets_no_stranger_in(tmp_path: Path) -> None:
    home = Home(tmp_path / "offices" / "ours")
    home.prepare()
    home.prepare()
    assert sorted(path.name for path in home.root.iterdir()) == [
        "archive",
        "baked",
        "derived",
        "media",
        "outbox",
        "run",
        "static",
        "views",
    ]
    assert home.root.stat().st_mode & 0o777 == 0o750


def test_preparing_again_keeps_what_is_there(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    (home.media / "foto.jpg").write_bytes(b"x")
    home.prepare()
    assert (home.media / "foto.jpg").read_bytes() == b"x"
