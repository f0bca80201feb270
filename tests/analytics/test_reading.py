from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pregon.analytics.enums import Source
from pregon.analytics.reading import (
    Seen,
    address,
    counted,
    hour_of,
    is_navigation,
    is_robot,
    mark_of,
    page_of,
    source_of,
    written,
)

SIX = datetime(2026, 11, 27, 18, tzinfo=UTC)
PEOPLE = [
    "Mozilla/5.0 (Linux; Android 14; moto g(30)) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0;]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 350.0.0",
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 Chrome/96.0 Mobile Safari/537.36",
    "Opera/9.80 (Android; Opera Mini/80.0/191.1; U; es) Presto/2.12.423 Version/12.16",
]
PROGRAMS = [
    "",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Bluesky Cardyb/1.1; +mailto:support@bsky.app) fetcher",
    "http.rb/5.1.1 (Mastodon/4.3.0; +https://mastodon.social/)",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)",
    "Mediapartners-Google",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Wget/1.21.4",
    "Go-http-client/2.0",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/131.0.0.0 Safari/537.36",
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_people_are_no_robots(agent: str) -> None:
    assert not is_robot(agent.encode())


@pytest.mark.parametrize("agent", PROGRAMS)
def test_programs_that_say_who_they_are_are_known(agent: str) -> None:
    assert is_robot(agent.encode())


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("", Source.NONE),
        ("https://muestra.example/agenda/", Source.SITE),
        ("http://muestra.example:8000/", Source.SITE),
        ("https://muestra.example.ejemplo.invalid/", Source.OTHER),
        ("https://www.google.com.mx/", Source.SEARCH),
        ("https://google.com.ejemplo.invalid/", Source.OTHER),
        ("https://notgoogle.com/", Source.OTHER),
        ("https://duckduckgo.com/", Source.SEARCH),
        ("https://mail.google.com/", Source.EMAIL),
        ("android-app://com.google.android.gm/", Source.EMAIL),
        ("https://l.facebook.com/l.php?u=x", Source.FACEBOOK),
        ("https://m.facebook.com", Source.FACEBOOK),
        ("https://ejemplo.invalid/?u=https://facebook.com/", Source.OTHER),
        ("https://l.instagram.com/", Source.INSTAGRAM),
        ("https://web.whatsapp.com/", Source.WHATSAPP),
        ("https://t.me/pregon", Source.TELEGRAM),
        ("https://t.co/abc", Source.X),
        ("https://chat.com/", Source.OTHER),
        ("https://WWW.Facebook.com/", Source.FACEBOOK),
        ("https://facebook.com.ejemplo.invalid/", Source.OTHER),
        ("android-app://org.telegram.messenger/", Source.TELEGRAM),
        ("https://mstdn.mx/", Source.FEDIVERSE),
        ("https://bsky.app/", Source.BLUESKY),
        ("https://mastodon.social/@muestra", Source.FEDIVERSE),
        ("<script>alert(1)</script>", Source.OTHER),
        ("\x00\xff\n", Source.OTHER),
    ],
)
def test_a_referrer_becomes_a_kind_of_place(referrer: str, source: Source) -> None:
    assert source_of(b"", b"muestra.example:8000", referrer.encode("latin-1")) == source


@pytest.mark.parametrize(
    ("query", "source"),
    [
        (b"de=correo", Source.EMAIL),
        (b"a=1&DE=Telegram", Source.TELEGRAM),
        (b"de=whatsapp&de=correo", Source.WHATSAPP),
        (b"de=aviso", Source.BROWSER),
        (b"de=%63orreo", Source.FACEBOOK),
        (b"donde=correo", Source.FACEBOOK),
        (b"de=otro", Source.FACEBOOK),
    ],
)
def test_the_mark_of_our_own_links_comes_before_the_referrer(query: bytes, source: Source) -> None:
    assert source_of(mark_of(query), b"muestra.example", b"https://www.facebook.com/") == source


@pytest.mark.parametrize(
    ("target", "page"),
    [
        (b"/", "/"),
        (b"/agenda/", "/agenda/"),
        (b"/rss.xml", ""),
        (b"/agenda", ""),
        (b"/a\\b/", ""),
        (b"/<b>/", ""),
        (b"/\xc3\xb1/", ""),
        (b"/%C3%B1/", "/%C3%B1/"),
        (b"/" + b"a" * 998 + b"/", "/" + "a" * 998 + "/"),
        (b"/" + b"a" * 999 + b"/", ""),
        (b"/a/\n1 none /b/", ""),
    ],
)
def test_only_pages_are_counted(target: bytes, page: str) -> None:
    assert page_of(target) == page


@pytest.mark.parametrize(
    ("mode", "dest", "purpose", "goes"),
    [
        (b"", b"", b"", True),
        (b"navigate", b"document", b"", True),
        (b"navigate", b"empty", b"", True),  # handed on by a service worker
        (b"navigate", b"document", b"prefetch;prerender", False),
        (b"no-cors", b"empty", b"", False),
        (b"navigate", b"iframe", b"", False),
    ],
)
def test_a_person_goes_there_or_not(mode: bytes, dest: bytes, purpose: bytes, goes: bool) -> None:
    assert is_navigation(mode=mode, dest=dest, purpose=purpose) == goes


def test_what_is_written_is_what_is_read() -> None:
    lines = written([(("email", "/agenda/", hour_of(SIX)), 3), (("none", "/%C3%B1u/", hour_of(SIX)), 1)])
    assert counted(b"".join(lines)) == {
        Seen("/agenda/", Source.EMAIL, SIX): 3,
        Seen("/ñu/", Source.NONE, SIX): 1,
    }


def test_hours_of_any_zone_and_lines_of_any_writer_come_together() -> None:
    lines = (
        b"1 none /a/ 2026-11-27T12-06:00\n1 none /a/ 2026-11-27T12-06:00\n2 none /%61/ 2026-11-27T18+00:00\n"
    )
    assert counted(lines) == {Seen("/a/", Source.NONE, SIX): 4}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"1 none /a/",
        b"1 none /a/ 2026-11-27T18+00:0",
        b"1 none /a/ 2026-13-27T18+00:00",
        b"1 none /a/ 0001-01-01T00+14:00",
        b"1 nobody /a/ 2026-11-27T18+00:00",
        b"0 none /a/ 2026-11-27T18+00:00",
        b"-1 none /a/ 2026-11-27T18+00:00",
        b"99999999 none /a/ 2026-11-27T18+00:00",
        b"1 none /a 2026-11-27T18+00:00",
        b"1 none /a b/ 2026-11-27T18+00:00",
        b"1 none /\\xC3/ 2026-11-27T18+00:00",
        b"1 none /%ff/ 2026-11-27T18+00:00",
        b"1 none /%00/ 2026-11-27T18+00:00",
        b"1 none /%2e%2e/%2e%2e/ 2026-11-27T18+00:00",
        b"1 none //a/ 2026-11-27T18+00:00",
        b'192.0.2.7 - - [27/Nov/2026:12:00:00 -0600] "GET /a/ HTTP/1.1" 200 1',
    ],
)
def test_garbage_counts_for_nothing(line: bytes) -> None:
    assert counted(line + b"\n") == {}


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reading(lines: bytes) -> None:
    assert all(times > 0 and seen.path.startswith("/") for seen, times in counted(lines).items())


@given(st.binary(max_size=300), st.binary(max_size=300), st.binary(max_size=300))
def test_no_header_breaks_the_front(mark: bytes, host: bytes, referrer: bytes) -> None:
    assert source_of(mark, host, referrer) in Source.values


def test_an_address_is_no_longer_than_a_page_may_be_called() -> None:
    assert (address(b"/" + b"a" * 498 + b"/") != "", address(b"/" + b"a" * 499 + b"/")) == (True, "")
