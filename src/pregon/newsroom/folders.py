"""Reads the folder of an act (``acto.md`` and its photos) into plain values, or says in one sentence what to mend.

Nothing is written here: a folder that cannot be read leaves everything as it was.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import yaml
from django.utils.html import escape

from pregon.library.errors import printable
from pregon.library.reading import clean
from pregon.newsroom.errors import BadFolder

if TYPE_CHECKING:
    from markdown_it.token import Token

SHEET = "acto.md"
SHEET_LIMIT = 1_000_000
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".webp", ".heic", ".heif", ".tif", ".tiff"})
#: Pictures too, of kinds that are not taken in: whoever put one there is told so, rather than left to miss it.
OTHER_PICTURES = frozenset({".svg", ".svgz", ".gif", ".bmp", ".avif"})
LONGEST_PATH = 500
#: Dates that an act can have; a year beyond them is a slip of the finger.
FIRST_YEAR, LAST_YEAR = 1900, 2200
#: What no text is meant to hold: it would make a page or a feed unreadable, or a terminal dance.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
REQUIRED = ("titulo", "fecha", "lugar", "dependencia")
OPTIONAL = (
    "fin",
    "tipo",
    "temas",
    "localidades",
    "subtitulo",
    "embargo",
    "canales",
    "contacto",
    "lectura_facil",
    "fotos",
)
DATE_FORMATS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y",
)
VIDEO_HOSTS = ("youtube.com", "youtu.be", "facebook.com", "fb.watch", "vimeo.com", "tiktok.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoNote:
    """What the front matter says of one photo."""

    path: Path
    caption: str = ""
    alt_text: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A whole folder, read and checked as far as it can be without asking the database."""

    path: Path
    digest: str
    title: str
    start: datetime
    place: str
    department: str
    end: datetime | None
    kind: str
    topics: tuple[str, ...]
    localities: tuple[str, ...]
    subtitle: str
    embargo: datetime | None
    channels: tuple[str, ...]
    contact: str
    easy_reading: str
    lead: str
    #: StreamField data; photos stand as ("photo", file name) until they have a row.
    body: tuple[tuple[str, Any], ...]
    photos: tuple[PhotoNote, ...]


def read_folder(path: Path, *, zone: ZoneInfo) -> Folder:
    """Read ``path``; hours are of ``zone``. Raises :class:`BadFolder` with a sentence that says what to mend."""
    path = path.expanduser().resolve()
    if not path.is_dir():
        raise BadFolder(
            f"«{printable(str(path))}» no es una carpeta: escribe la ruta de la carpeta del acto."
        )
    if len(str(path)) > LONGEST_PATH or not is_text(str(path)):
        raise BadFolder(
            f"La ruta de la carpeta «{printable(path.name)}» es demasiado larga o tiene letras que no se "
            "entienden: ponle un nombre corto y sencillo."
        )
    if not any(path.iterdir()):
        raise BadFolder(f"La carpeta «{printable(path.name)}» está vacía: pon en ella {SHEET} y las fotos.")
    front, text = split_sheet(read_sheet(path / SHEET))
    facts = read_front(front)
    photos = read_photos(path, facts.get("fotos"))
    lead, body = read_text(text, known={note.path.name for note in photos})
    start = read_moment("fecha", one(facts, "fecha"), zone=zone)
    end = read_moment("fin", one(facts, "fin"), zone=zone, day=start) if one(facts, "fin") else None
    if end and end < start:
        raise BadFolder(f"En {SHEET}, «fin» es anterior a «fecha»: revisa las horas.")
    return Folder(
        path=path,
        digest=digest_of(path, photos),
        title=one(facts, "titulo"),
        start=start,
        end=end,
        place=one(facts, "lugar"),
        department=one(facts, "dependencia"),
        kind=one(facts, "tipo"),
        topics=many(facts, "temas"),
        localities=many(facts, "localidades"),
        subtitle=one(facts, "subtitulo"),
        embargo=read_moment("embargo", one(facts, "embargo"), zone=zone, day=start)
        if one(facts, "embargo")
        else None,
        channels=many(facts, "canales"),
        contact=one(facts, "contacto"),
        easy_reading=paragraphs(facts, "lectura_facil"),
        lead=lead,
        body=body,
        photos=photos,
    )


def is_text(name: str) -> bool:
    """Whether ``name`` can be written down: a disk may hold names that are no text at all."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_sheet(sheet: Path) -> str:
    if not sheet.is_file():
        raise BadFolder(
            f"A la carpeta «{printable(sheet.parent.name)}» le falta {SHEET}: ahí van los datos y el texto del acto."
        )
    if sheet.stat().st_size > SHEET_LIMIT:
        raise BadFolder(
            f"{SHEET} pesa más de un megabyte: ahí va solo texto; las fotos van como archivos aparte."
        )
    try:
        return CONTROLS.sub("", sheet.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise BadFolder(f"{SHEET} no está en UTF-8: guárdalo de nuevo con esa codificación.") from problem


def split_sheet(text: str) -> tuple[str, str]:
    """Front matter between two lines of ``---``, and what follows."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != "---":
        raise BadFolder(
            f"{SHEET} debe empezar con una línea «---» y debajo titulo, fecha, lugar y dependencia."
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() == "---":
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :])
    raise BadFolder(f"Los datos de {SHEET} no terminan: cierra con otra línea «---» antes del texto.")


class PlainLoader(yaml.BaseLoader):
    """Every scalar stays a string: YAML would turn «fecha: 2026-02-30» into its own error and «no» into False.

    A value cannot refer to another one either: nine lines of such references unfold into gigabytes.
    """

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # so say the stubs of PyYAML
            raise yaml.MarkedYAMLError(problem="a reference", problem_mark=mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def read_front(front: str) -> Mapping[str, Any]:
    try:
        facts = yaml.load(front, Loader=PlainLoader)  # noqa: S506 - it builds nothing but strings
    except (yaml.YAMLError, RecursionError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", línea {mark.line + 2}" if mark else ""
        raise BadFolder(
            f"Los datos de {SHEET} no se entienden{where}: cada uno va en su línea como «nombre: valor», "
            "y entre comillas si lleva dos puntos."
        ) from problem
    if not isinstance(facts, dict):
        raise BadFolder(f"{SHEET} no tiene datos: escribe al menos {', '.join(REQUIRED)}.")
    missing = [name for name in REQUIRED if not str(facts.get(name) or "").strip()]
    if missing:
        raise BadFolder(
            f"A {SHEET} le falta {' y '.join(missing)}: escríbelo arriba, entre las líneas «---»."
        )
    unknown = sorted(set(facts) - {*REQUIRED, *OPTIONAL})
    if unknown:
        names = ", ".join((*REQUIRED, *OPTIONAL))
        raise BadFolder(
            f"{SHEET} tiene un dato que no se conoce: «{clean(unknown[0])}». Los que hay son: {names}."
        )
    return facts


#: Letters that fit where each value goes; 300 for those not named.
ROOM = {"titulo": 200, "lugar": 200, "contacto": 200, "credito": 120, "pie": 500, "lectura_facil": 2000}


def one(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name) or ""
    if not isinstance(value, str):
        raise BadFolder(f"En {SHEET}, «{name}» lleva un solo valor.")
    value = clean(value)
    room = ROOM.get(name, 300)
    if len(value) > room:
        raise BadFolder(f"En {SHEET}, «{name}» es demasiado largo: caben {room} letras.")
    return value


def paragraphs(facts: Mapping[str, Any], name: str) -> str:
    """Several lines, as «name: |» begins them; a blank one between two ideas stays."""
    value = facts.get(name) or ""
    if not isinstance(value, str):
        raise BadFolder(
            f"En {SHEET}, «{name}» es un texto: escribe «{name}: |» y debajo, con sangría, sus frases."
        )
    if len(value) > ROOM[name]:
        raise BadFolder(f"En {SHEET}, «{name}» es demasiado largo: caben {ROOM[name]} letras.")
    lines = "\n".join(clean(line) for line in value.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def many(facts: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list, or one line with commas."""
    value = facts.get(name) or []
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value
    if isinstance(parts, dict) or not all(isinstance(part, str) for part in parts):
        raise BadFolder(
            f"En {SHEET}, «{name}» es una lista: un valor por línea con guion, o separados por comas."
        )
    return tuple(tidy for part in parts if (tidy := clean(part)))


def read_moment(name: str, text: str, *, zone: ZoneInfo, day: datetime | None = None) -> datetime:
    """A date with hour; only an hour when ``day`` tells the date."""
    for pattern in DATE_FORMATS:
        try:
            moment = datetime.strptime(text, pattern).replace(tzinfo=zone)
        except ValueError:
            continue
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment
    if day:
        try:
            hour = time.fromisoformat(text.zfill(5))
        except ValueError:
            pass
        else:
            return datetime.combine(day.date(), hour, tzinfo=zone)
    raise BadFolder(
        f"En {SHEET}, «{name}: {text}» no es una fecha que exista: escríbela como 2026-11-20 10:00."
    )


def read_photos(path: Path, notes: Any) -> tuple[PhotoNote, ...]:
    """Every photo of the folder: first those that the front matter names, in its order, then the rest by name."""
    found = {
        file.name: file
        for file in sorted(path.iterdir())
        if file.is_file()
        and not file.name.startswith(".")
        and file.suffix.lower() in PHOTO_SUFFIXES | OTHER_PICTURES
    }
    ordered: dict[str, PhotoNote] = {}
    for note in notes or ():
        if not isinstance(note, dict) or not note.get("archivo"):
            raise BadFolder(
                f"En {SHEET}, cada foto de «fotos» lleva su «archivo»: escribe el nombre del archivo."
            )
        said = clean(str(note["archivo"]))
        if unknown := sorted(set(note) - {"archivo", "pie", "texto_alternativo", "credito"}):
            raise BadFolder(
                f"En {SHEET}, la foto «{said}» tiene un dato que no se conoce: «{clean(unknown[0])}»."
            )
        name = called(said, found)
        if name is None:
            raise BadFolder(
                f"{SHEET} nombra la foto «{said}», que no está en la carpeta: cópiala ahí o corrige el nombre."
            )
        ordered[name] = PhotoNote(
            path=found[name],
            caption=one(note, "pie"),
            alt_text=one(note, "texto_alternativo"),
            credit=one(note, "credito"),
        )
    for name, file in found.items():
        ordered.setdefault(name, PhotoNote(path=file))
    return tuple(ordered.values())


def called(name: str, files: Iterable[str]) -> str | None:
    """The one of ``files`` that ``name`` means: an accent is one sign on one system and two on another."""
    wanted = unicodedata.normalize("NFC", name)
    return next((file for file in files if unicodedata.normalize("NFC", file) == wanted), None)


def read_text(text: str, *, known: set[str]) -> tuple[str, tuple[tuple[str, Any], ...]]:
    """Markdown into a lead and the blocks of a body. Raw HTML stays text: it is shown, never run."""
    from markdown_it import MarkdownIt  # only who reads a folder pays for it

    tokens = MarkdownIt("commonmark", {"html": False}).parse(text)
    blocks = list(blocks_from(tokens, known=known))
    if not blocks or blocks[0][0] != "paragraph":
        raise BadFolder(f"A {SHEET} le falta el texto: debajo de los datos escribe al menos un párrafo.")
    lead = re.sub(r"<[^>]+>", "", blocks[0][1])
    return unescape(lead).strip(), tuple(blocks[1:])


def blocks_from(tokens: list[Token], *, known: set[str]) -> Iterator[tuple[str, Any]]:
    """One block of the body for each top-level part of the Markdown."""
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = closing(tokens, position)
        inside = tokens[position + 1 : end]
        match token.type:
            case "heading_open":
                yield "heading", words(inside)[:160]
            case "paragraph_open":
                yield paragraph(inside[0], known=known)
            case "blockquote_open":
                yield quotation(inside)
            case "bullet_list_open" | "ordered_list_open":
                points = [words(group) for group in items(inside)]
                yield (
                    "items",
                    {
                        "items": [point[:300] for point in points],
                        "numbered": token.type.startswith("ordered"),
                    },
                )
            case "fence" if token.info.strip() == "datos":
                yield "figures", {"items": list(figures(token.content))}
            case "fence" | "code_block":
                yield "paragraph", f"<p>{escape(token.content.strip())}</p>"
            case _other:
                pass
        position = end + 1


def closing(tokens: list[Token], position: int) -> int:
    """Index of the token that closes the one at ``position``; itself when it opens nothing."""
    depth = 0
    for index in range(position, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def words(tokens: list[Token]) -> str:
    return " ".join(
        "".join(
            child.content if child.type in {"text", "code_inline"} else " "
            for child in token.children or ()
            if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
        )
        for token in tokens
        if token.type == "inline"
    ).strip()


def items(tokens: list[Token]) -> Iterator[list[Token]]:
    position = 0
    while position < len(tokens):
        end = closing(tokens, position)
        yield tokens[position:end]
        position = end + 1


def paragraph(inline: Token, *, known: set[str]) -> tuple[str, Any]:
    children = inline.children or []
    if len(children) == 1 and children[0].type == "image":
        address = str(children[0].attrs.get("src", ""))
        said = unquote(address)  # as an address, «camión 1.jpg» is written «cami%C3%B3n%201.jpg»
        name = called(said, known) or called(address, known)
        if name is None:
            raise BadFolder(
                f"El texto pone la foto «{clean(said)}», que no está en la carpeta: cópiala ahí o quítala."
            )
        return "photo", name
    address = inline.content.strip()
    host = host_of(address).removeprefix("www.").removeprefix("m.") if "\n" not in address else ""
    if host in VIDEO_HOSTS and " " not in address:
        return "video", {"url": address, "title": "Video"}
    return "paragraph", f"<p>{rich(children)}</p>"


def host_of(address: str) -> str:
    """The host that ``address`` names; "" when it is not one, however much it looks like it."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def scheme_of(address: str) -> str:
    try:
        return urlsplit(address).scheme
    except ValueError:
        return ""


def rich(children: list[Token]) -> str:
    """Bold, italic and links; all else as plain words."""
    out: list[str] = []
    for child in children:
        match child.type:
            case "text" | "code_inline" | "html_inline":
                out.append(escape(child.content))
            case "softbreak":
                out.append(" ")
            case "hardbreak":
                out.append("<br/>")
            case "strong_open":
                out.append("<b>")
            case "strong_close":
                out.append("</b>")
            case "em_open":
                out.append("<i>")
            case "em_close":
                out.append("</i>")
            case "link_open":
                target = str(child.attrs.get("href", ""))
                safe = target if scheme_of(target) in {"http", "https", "mailto"} else ""
                out.append(f'<a href="{escape(safe)}">' if safe else "<a>")
            case "link_close":
                out.append("</a>")
            case "image":
                out.append(escape(child.content))
            case _other:
                pass
    return "".join(out).replace("<a></a>", "")


def quotation(tokens: list[Token]) -> tuple[str, Any]:
    """A quotation; its last line may name who said it: «— Persona, cargo»."""
    lines = [line for token in tokens if token.type == "inline" for line in token.content.split("\n")]
    person = office = ""
    if len(lines) > 1 and lines[-1].lstrip().startswith(("—", "–", "-")):
        person, _, office = lines.pop().lstrip("—–- ").partition(",")
    said = " ".join(lines).strip().strip('“”"«»')
    return "quote", {"text": said, "person": person.strip()[:160], "office": office.strip()[:160]}


def figures(content: str) -> Iterator[dict[str, str]]:
    """Lines of «dato: qué es», at most six."""
    for line in content.strip().split("\n")[:6]:
        value, _, label = line.partition(":")
        if not label.strip():
            raise BadFolder(
                f"Cada línea de «datos» va como «320 m: qué es», y una dice «{line.strip()[:60]}»."
            )
        yield {"value": value.strip()[:40], "label": label.strip()[:120]}


def digest_of(path: Path, photos: Iterable[PhotoNote]) -> str:
    """SHA-256 over the sheet and every photo, in order: what makes two folders the same."""
    whole = hashlib.sha256()
    for file in (path / SHEET, *(note.path for note in photos)):
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
