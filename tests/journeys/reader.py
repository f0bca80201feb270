"""One window of the browser, and everything in it that should not happen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any, Literal

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, expect

PHONE = {"viewport": {"width": 412, "height": 915}, "has_touch": True, "is_mobile": True}
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
#: Nothing moves while it is judged; what moves for ever has no end to go to.
STILL = """() => document.getAnimations().forEach(
  (one) => one.effect.getComputedTiming().endTime === Infinity ? one.cancel() : one.finish()
)"""
RUN = "([where, rules]) => axe.run(where, rules)"
EDITOR = "[data-streamfield-stream-container]"  # the fields inside are Wagtail's own, and bear no names
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "iframes": False,  # a letter in its frame is a page of its own
}
SCREEN = {"viewport": {"width": 1280, "height": 900}}


PATIENCE = 45_000  # milliseconds: the machine may be busy with other tests
expect.set_options(timeout=PATIENCE)


class Reader:
    """Opens addresses of one office; remembers faults of scripts and whatever left the office's own address."""

    def __init__(self, browser: Browser, url: str, *, phone: bool = False, **options: Any) -> None:
        self.url = url
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.answers: list[Response] = []
        self.context = browser.new_context(locale="es-MX", **((PHONE if phone else SCREEN) | options))
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)
        page.on("pageerror", lambda fault: self.complaints.append(f"script: {fault}"))
        page.on("request", self._note)
        page.on("response", self._weigh)
        return page

    def open(self, address: str) -> Page:
        self.page.goto(address if address.startswith("http") else f"{self.url}{address}")
        return self.page

    def faults_of(self, address: str, *, inside: str = "html") -> list[str]:
        """What axe finds wrong with the page, in light and in dark."""
        page = self.open(address)
        page.evaluate(AXE)
        found: list[str] = []
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.evaluate(STILL)
            told = page.evaluate(RUN, [{"include": inside, "exclude": EDITOR}, RULES])
            found += [
                f"{scheme} {fault['id']}: {node['html'][:200]} {node['failureSummary']}"
                for fault in told["violations"]
                for node in fault["nodes"][:3]
            ]
        return found

    def close(self) -> list[str]:
        self.context.close()
        return self.complaints

    @contextmanager
    def loading(self) -> Iterator[list[Response]]:
        """The answers that came while the block ran."""
        first, answers = len(self.answers), list[Response]()
        yield answers
        answers.extend(self.answers[first:])

    def _hear(self, message: ConsoleMessage) -> None:
        # That a page answered 422 or 410 is the browser's own note; a part that is missing is heard of below.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _note(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.complaints.append(f"left the office: {request.url}")

    def _weigh(self, response: Response) -> None:
        self.answers.append(response)
        part = not response.request.is_navigation_request()
        if response.status >= 400 and part and not is_refused_autosave(response):
            self.complaints.append(f"missing: {response.status} {response.url}")


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the focus is there, as somebody without a mouse does."""
    for _press in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(wanted)


def is_refused_autosave(response: Response) -> bool:
    """The desk's own saving while somebody writes says 400 of a form that is not right yet."""
    return (
        response.status == 400 and response.request.method == "POST" and "/escritorio/pages/" in response.url
    )
