"""``tests/newsroom/test_models.py`` is where to look for what ``newsroom/models.py`` promises."""

from __future__ import annotations

from pathlib import Path

from architecture.project import SOURCE, TESTS

#: Names of modules without logic of their own, and where they are proved.
WIRING = {
    "apps": "the application starts in every test",
    "testing": "the settings of every test",
    "wagtail_hooks": "hangs what other modules hold, each with its own test",
    "wsgi": "the name that every WSGI server imports",
    "urls": "architecture/test_routes.py",
    "enums": "architecture/test_enums.py",
    "errors": "a docstring and facts; raised in the tests of who raises them",
    "signals": "a name for what receivers are tested with",
}
#: Folders of modules that are data to a framework.
DATA = {
    "config/settings": "architecture/test_settings.py",
    "config/formats": "how Django writes dates in Spanish of Mexico",
}
#: Tests of more than one module.
WHOLES = {
    "alerts/test_lane.py": "an alert from the desk's verb to the doubles of several providers",
    "channels/test_contract.py": "what every channel promises, asked of each",
    "channels/test_words.py": "what every channel does with words and photos, asked of each",
    "plan/measures/test_every.py": "what every measure promises, asked of each",
    "website/test_exactness.py": "what every kind of change bakes, asked of the whole public folder",
    "website/test_standards.py": "what machines read of the site, before the schemas of each format",
    "channels/email/test_debian.py": "letters through Postfix and its smtp-sink, as they come from Debian",
}
#: Folders of tests that mirror nothing.
APART = {"architecture", "factories", "faults", "journeys", "peers", "servers"}


def needs_a_mirror(module: Path) -> bool:
    folder = module.parent.as_posix()
    return not (
        module.stem in WIRING
        or module.stem == "__init__"
        or "migrations" in module.parts
        or any(folder == data or folder.startswith(f"{data}/") for data in DATA)
    )


def modules() -> set[Path]:
    return {path.relative_to(SOURCE) for path in SOURCE.rglob("*.py")}


def mirrors() -> set[Path]:
    found = {path.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    return {path for path in found if path.parts[0] not in APART and path.as_posix() not in WHOLES}


def mirror_of(module: Path) -> Path:
    return module.with_name(f"test_{module.name}")


def test_every_module_has_its_test() -> None:
    assert {mirror_of(module) for module in modules() if needs_a_mirror(module)} - mirrors() == set()


def test_every_test_has_its_module() -> None:
    assert mirrors() - {mirror_of(module) for module in modules()} == set()


def test_what_is_left_out_exists() -> None:
    assert {folder for folder in DATA if not (SOURCE / folder).is_dir()} == set()
    assert {name for name in WHOLES if not (TESTS / name).is_file()} == set()
    assert set(WIRING) - {module.stem for module in modules()} == set()
