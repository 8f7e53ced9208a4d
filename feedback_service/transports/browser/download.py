"""Downloads the driver that fits a browser, once for each major version, and never without a limit of time."""

from __future__ import annotations

import http.client
import io
import json
import os
import platform
import tempfile
import time
import urllib.request
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from feedback_service.domain.errors import AccountFault, Retryable
from feedback_service.transports.browser.finding import REMEDY, Programs

NAME = "chromedriver"
LARGEST = 256 * 2**20
PIECE = 2**16
RETRY_SECONDS = 60.0
PLATFORMS = {
    ("Linux", "x86_64"): "linux64",
    ("Darwin", "x86_64"): "mac-x64",
    ("Darwin", "arm64"): "mac-arm64",
}
"""Google's names of the machines for which it publishes drivers."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where drivers are listed by major version, as Google does for Chrome for Testing.

    A download takes `seconds` at most, and a server that says nothing for `silence` seconds is given up.
    """

    url: str = "https://googlechromelabs.github.io/chrome-for-testing/latest-versions-per-milestone-with-downloads.json"
    seconds: float = 60.0
    silence: float = 10.0


GOOGLE = Source()


def complete(programs: Programs, folder: Path, source: Source = GOOGLE) -> Programs:
    """The programs with a driver: the found one, else the one that `folder` keeps for the browser's major version.

    Raises AccountFault where none is published, Retryable where it does not come now, OSError where it cannot be kept.
    """
    if programs.driver is not None:
        return programs
    driver = folder / f"{NAME}-{programs.major}"
    if not driver.is_file():
        until = time.monotonic() + source.seconds
        address = _address(_fetched(source.url, source, until), programs.major, source)
        _keep(_unpacked(_fetched(address, source, until), address), driver)
    return replace(programs, driver=driver)


def _fetched(url: str, source: Source, until: float) -> bytes:
    """`read1` returns what has come: a server that sends a byte now and then must not hold us longer."""
    content = bytearray()
    try:
        with urllib.request.urlopen(url, timeout=source.silence) as answer:  # noqa: S310  ours, or of the same scheme
            while piece := answer.read1(PIECE):
                content += piece
                if len(content) > LARGEST:
                    raise Retryable(f"{url} is larger than a driver", RETRY_SECONDS)
                if time.monotonic() > until:
                    raise Retryable(f"{url} does not come within {source.seconds:.0f} s", RETRY_SECONDS)
    except (OSError, http.client.HTTPException) as problem:
        raise Retryable(f"the browser's driver cannot be downloaded: {url}: {problem}", RETRY_SECONDS) from problem
    return bytes(content)


def _address(listed: bytes, major: int, source: Source) -> str:
    wanted = PLATFORMS.get((platform.system(), platform.machine()))
    if wanted is None:
        raise AccountFault(f"no driver is published for {platform.system()} on {platform.machine()}", REMEDY)
    try:
        versions = json.loads(listed)["milestones"]
        drivers = versions[str(major)]["downloads"][NAME] if str(major) in versions else []
        address = next((str(one["url"]) for one in drivers if one["platform"] == wanted), None)
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise Retryable(f"{source.url} is no list of drivers", RETRY_SECONDS) from problem
    if address is None:
        raise AccountFault(f"no driver is published for version {major} of the browser", REMEDY)
    if urlsplit(address).scheme != urlsplit(source.url).scheme:
        raise Retryable(f"{source.url} names an address of another kind: {address}", RETRY_SECONDS)
    return address


def _unpacked(archive: bytes, address: str) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            found = [one for one in files.infolist() if one.filename.rpartition("/")[2] == NAME]
            if len(found) == 1 and found[0].file_size <= LARGEST:
                return files.read(found[0])
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as problem:
        raise Retryable(f"{address} has come in pieces, or is no driver", RETRY_SECONDS) from problem
    raise Retryable(f"{address} holds no driver", RETRY_SECONDS)


def _keep(content: bytes, driver: Path) -> None:
    """Whole or not at all, as several processes may do it at once."""
    driver.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(dir=driver.parent, prefix=f"{driver.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        fresh.chmod(0o700)
        fresh.replace(driver)
    except BaseException:
        with suppress(OSError):
            fresh.unlink()
        raise
