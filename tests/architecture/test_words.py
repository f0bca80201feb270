"""What is committed holds on any machine: no registry's address, nobody's path, no lock that names either."""

from __future__ import annotations

import re

from architecture.project import ROOT, committed

#: Taken apart, or this file would find itself.
HOSTS = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "yarn" + "pkg.com", "crates" + ".io"]
HOSTS += ["proxy.go" + "lang.org", "deb.deb" + "ian.org", "repo1.ma" + "ven.org"]
PATHS = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me/\w+)/")
LOCKS = {
    "uv.lock",
    "pylock.toml",
    "poetry.lock",
    "Pipfile.lock",
    "package-lock.json",
    "yarn.lock",
    "pip.conf",
    ".npmrc",
}


def texts() -> dict[str, str]:
    found = {}
    for path in committed():
        content = path.read_bytes()
        if b"\0" not in content[:8000]:
            found[path.relative_to(ROOT).as_posix()] = content.decode("utf-8", errors="replace")
    return found


def test_no_file_names_a_registry() -> None:
    assert [(name, host) for name, text in texts().items() for host in HOSTS if host in text] == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert [(name, found[0]) for name, text in texts().items() if (found := PATHS.search(text))] == []


def test_no_lock_file_is_committed() -> None:
    assert [path.name for path in committed() if path.name in LOCKS] == []
