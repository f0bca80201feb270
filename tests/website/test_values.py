from __future__ import annotations

import pytest

from pregon.website.values import Answer

PAGE = (
    b"<title>Pozo</title><header>Oficina</header>"
    b'<main class="a"><h1>Pozo nuevo</h1> <a href="/agenda/">Ver</a></main>'
)


def meaning(body: bytes, status: int = 200) -> str:
    return Answer(status=status, body=body).meaning


@pytest.mark.parametrize(
    ("part", "other"),
    [(b'class="a"', b'class="b" id="c"'), (b"Oficina", b"Otra oficina"), (b"</h1> <a", b"</h1>\n\n<a")],
    ids=["dressed otherwise", "another header", "other gaps"],
)
def test_what_stands_around_the_words_means_nothing(part: bytes, other: bytes) -> None:
    assert meaning(PAGE) == meaning(PAGE.replace(part, other))


@pytest.mark.parametrize(
    ("part", "other"),
    [(b"Pozo nuevo", b"Pozo viejo"), (b"/agenda/", b"/plan/"), (b"<title>Pozo", b"<title>Fuente")],
    ids=["other words", "another link", "another title"],
)
def test_what_a_page_says_is_its_meaning(part: bytes, other: bytes) -> None:
    assert meaning(PAGE) != meaning(PAGE.replace(part, other))


def test_the_same_words_with_another_status_say_something_else() -> None:
    assert meaning(PAGE) != meaning(PAGE, status=410)
