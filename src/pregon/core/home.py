"""One folder holds everything an office owns: database, originals, baked site, outbox and secrets.

A backup is a copy of this folder, so no other module invents a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """Where the parts of one office lie under its home directory."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "pregon.sqlite3"

    @property
    def media(self) -> Path:
        """Originals as they were handed in. Never served to the public."""
        return self.root / "media"

    @property
    def derived(self) -> Path:
        """Photos made ready for publication, waiting for the gate. Never served to the public."""
        return self.root / "derived"

    @property
    def baked(self) -> Path:
        """The public site as files. All that lies here is public, and nothing public lies elsewhere."""
        return self.root / "baked"

    @property
    def archive(self) -> Path:
        """Pages as they were, for the record. Never served to the public: some were withdrawn."""
        return self.root / "archive"

    @property
    def static(self) -> Path:
        return self.root / "static"

    @property
    def outbox(self) -> Path:
        """What channels in sandbox would have sent."""
        return self.root / "outbox"

    @property
    def views(self) -> Path:
        """Views of public pages that are not counted yet: which page, in which hour, and nothing of who read it.
        Below ``nginx`` those that a web server in front wrote."""
        return self.root / "views"

    @property
    def run(self) -> Path:
        """Marks of the running parts; safe to lose."""
        return self.root / "run"

    @property
    def address(self) -> Path:
        """Where this office was last served, so that every command writes the same links."""
        return self.root / "address"

    @property
    def sample(self) -> Path:
        """Its being there says that this is a sample office: nobody is really waiting for what it rehearses."""
        return self.root / "sample"

    @property
    def secret(self) -> Path:
        return self.root / "secret.key"

    @property
    def kept_address(self) -> str:
        return self.address.read_text(encoding="utf-8").strip() if self.address.is_file() else ""

    def keep_address(self, address: str) -> None:
        if self.root.is_dir() and self.kept_address != address:
            self.address.write_text(f"{address}\n", encoding="utf-8")

    def prepare(self) -> None:
        """Create the folders. Only the owner may look inside."""
        self.root.mkdir(parents=True, exist_ok=True)
        for folder in (
            self.media,
            self.derived,
            self.baked,
            self.archive,
            self.static,
            self.outbox,
            self.views,
            self.run,
        ):
            folder.mkdir(exist_ok=True)
        self.root.chmod(0o750)
