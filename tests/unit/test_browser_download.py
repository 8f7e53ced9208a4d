"""A missing driver comes from the internet once, whole, and within a limit; here from a server of the test's own."""

from __future__ import annotations

import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.transports.browser.download import PLATFORMS, Source, complete
from feedback_service.transports.browser.finding import Programs

LIST = "/list.json"
DRIVER = b"#!/bin/sh\necho ChromeDriver\n"


@dataclass
class Shelf:
    """Files to be had; the paths in `silent` get no answer, those in `slow` one byte at a time without an end."""

    files: dict[str, bytes] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    slow: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def source(self, **limits: float) -> Source:
        return Source(**{"url": f"{self.url}{LIST}", "seconds": 20, "silence": 20, **limits})  # type: ignore[arg-type]

    def puts(self, major: int, archive: bytes) -> str:
        """Publish a driver for all machines; its path."""
        path = f"/{major}.zip"
        listed = json.loads(self.files.get(LIST, b'{"milestones": {}}'))
        offers = [{"platform": one, "url": f"{self.url}{path}"} for one in PLATFORMS.values()]
        listed["milestones"][str(major)] = {"version": f"{major}.0.1.2", "downloads": {"chromedriver": offers}}
        self.files |= {LIST: json.dumps(listed).encode(), path: archive}
        return path


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shelf.asked.append(self.path)
            if self.path in shelf.silent:
                shelf.closing.wait()
                return
            if self.path not in shelf.files:
                self.send_error(404)
                return
            self.send_response(200)
            self.end_headers()
            self.wfile.write(shelf.files[self.path])
            while self.path in shelf.slow and not shelf.closing.wait(0.01):
                self.wfile.write(b" ")

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Whoever hung up has given up waiting."""

    with Server(("127.0.0.1", 0), Answers) as server:
        shelf.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield shelf
        shelf.closing.set()
        server.shutdown()
        thread.join()


def archived(content: bytes, name: str = "chromedriver-linux64/chromedriver") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as files:
        files.writestr("chromedriver-linux64/LICENSE.chromedriver", "free")
        files.writestr(name, content)
    return packed.getvalue()


def browser(major: int = 140) -> Programs:
    return Programs(Path("/usr/bin/chromium"), None, major, f"{major}.0.1.2")


def test_a_driver_is_downloaded_once_for_each_version_of_the_browser(shelf: Shelf, tmp_path: Path) -> None:
    shelf.puts(140, archived(DRIVER))
    shelf.puts(141, archived(b"newer"))

    first, again, newer = (complete(browser(major), tmp_path, shelf.source()) for major in (140, 140, 141))

    assert first == again
    assert first.driver
    assert newer.driver
    assert (first.driver.read_bytes(), newer.driver.read_bytes()) == (DRIVER, b"newer")
    assert first.driver.stat().st_mode & 0o777 == 0o700
    assert shelf.asked == [LIST, "/140.zip", LIST, "/141.zip"]
    assert len(list(tmp_path.iterdir())) == 2


def test_a_driver_that_was_found_is_taken_as_it_is(shelf: Shelf, tmp_path: Path) -> None:
    found = Programs(Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver"), 140, "140.0.1.2")

    assert complete(found, tmp_path, shelf.source()) is found

    assert not shelf.asked


@pytest.mark.parametrize("path", [LIST, "/140.zip"])
def test_a_server_that_says_nothing_takes_nobodys_thread_for_ever(shelf: Shelf, tmp_path: Path, path: str) -> None:
    shelf.puts(140, archived(DRIVER))
    shelf.silent.add(path)
    begun = time.monotonic()

    with pytest.raises(Retryable, match=r"cannot be downloaded: .*timed out"):
        complete(browser(), tmp_path, shelf.source(silence=0.1))

    assert time.monotonic() - begun < 5


def test_a_server_that_never_comes_to_an_end_is_left(shelf: Shelf, tmp_path: Path) -> None:
    shelf.slow.add(shelf.puts(140, archived(DRIVER)))

    with pytest.raises(Retryable, match="does not come within"):
        complete(browser(), tmp_path, shelf.source(seconds=0.2))

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (archived(DRIVER)[:-40], "has come in pieces"),
        (archived(DRIVER).replace(DRIVER, DRIVER[::-1]), "has come in pieces"),
        (archived(DRIVER, "chromedriver-linux64/readme"), "holds no driver"),
    ],
)
def test_half_a_driver_is_not_kept(shelf: Shelf, tmp_path: Path, archive: bytes, said: str) -> None:
    shelf.puts(140, archive)

    with pytest.raises(Retryable, match=said):
        complete(browser(), tmp_path, shelf.source())

    assert not list(tmp_path.iterdir())


def test_a_version_without_a_driver_needs_a_person(shelf: Shelf, tmp_path: Path) -> None:
    shelf.puts(140, archived(DRIVER))

    with pytest.raises(AccountFault, match="no driver is published for version 999"):
        complete(browser(999), tmp_path, shelf.source())


@pytest.mark.parametrize("listed", [b"<html>", b"[]", b'{"milestones": {"140": 7}}', b"[" * 100_000])
def test_what_is_no_list_of_drivers_is_tried_again(shelf: Shelf, tmp_path: Path, listed: bytes) -> None:
    shelf.files[LIST] = listed

    with pytest.raises(Retryable, match="is no list of drivers"):
        complete(browser(), tmp_path, shelf.source())


def test_an_address_that_leads_into_our_own_files_is_not_followed(shelf: Shelf, tmp_path: Path) -> None:
    shelf.puts(140, archived(DRIVER))
    shelf.files[LIST] = shelf.files[LIST].replace(shelf.url.encode(), b"file:///etc")

    with pytest.raises(Retryable, match="an address of another kind: file:///etc"):
        complete(browser(), tmp_path, shelf.source())
