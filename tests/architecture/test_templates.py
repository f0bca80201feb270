"""A template or a static file lies under the name of its app, so that two apps never shadow each other."""

from __future__ import annotations

import re

import pytest

from architecture.project import SOURCE

#: What the site may put over others': its own error pages and skeletons, and the desk's pages.
OVER_OTHERS = {
    "website/templates/400.html",
    "website/templates/403_csrf.html",
    "website/templates/404.html",
    "website/templates/410.html",
    "website/templates/500.html",
    "website/templates/wagtailadmin",
    "website/templates/wagtailusers",
}


@pytest.mark.parametrize("kind", ["templates", "static"])
def test_files_lie_under_the_name_of_their_app(kind: str) -> None:
    strays = []
    for folder in SOURCE.rglob(kind):
        app = folder.parent.relative_to(SOURCE).as_posix()
        for path in folder.rglob("*"):
            name = path.relative_to(SOURCE).as_posix()
            if path.is_dir() or any(name == over or name.startswith(f"{over}/") for over in OVER_OTHERS):
                continue
            if not path.relative_to(folder).as_posix().startswith(f"{app}/"):
                strays.append(name)
    assert strays == []


def test_no_template_lies_outside_a_templates_folder() -> None:
    strays = [
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.html")
        if "templates" not in path.relative_to(SOURCE).parts
    ]
    assert strays == []


def test_every_static_file_that_a_page_names_is_there() -> None:
    named = {
        (path.relative_to(SOURCE).as_posix(), file)
        for path in SOURCE.rglob("templates/**/*.html")
        for file in re.findall(r"{% static '([^']+)' %}", path.read_text(encoding="utf-8"))
        if (SOURCE / file.partition("/")[0]).is_dir()
    }
    assert named
    assert {
        (page, file)
        for page, file in named
        if not (SOURCE / file.partition("/")[0] / "static" / file).is_file()
    } == set()
