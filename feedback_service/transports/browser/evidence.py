"""Keeps what the page looked like when a script failed: a screenshot and the source, secrets hidden, few of them."""

from __future__ import annotations

import base64
import logging
import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from feedback_service.domain.session import Cookie

log = logging.getLogger(__name__)

HIDDEN = "•••"
LONG_ENOUGH = 6
"""Shorter cookie values are switches, not secrets, and would be found everywhere."""
SECRET_NAME = r"[\w:.-]*(?:csrf|xsrf|token|secret|password|passwd|session|api[_-]?key|authorization)[\w:.-]*"  # noqa: S105
NAMED = re.compile(rf"(?i)(?P<head>\b{SECRET_NAME}[\"']?\s*[:=]\s*)(?P<mark>[\"'])(?P<value>.*?)(?P=mark)", re.DOTALL)
TAG = re.compile(r"<(?:input|meta)\b[^>]*>", re.IGNORECASE)
SECRET_TAG = re.compile(
    rf"(?i)\btype\s*=\s*[\"']?(?:password|hidden)|\b(?:name|id|autocomplete)\s*=\s*[\"']?(?:{SECRET_NAME}|one-time-code)"
)
VALUE = re.compile(r"(?i)(\b(?:value|content)\s*=\s*)(?:\"[^\"]*\"|'[^']*'|[^\s>]+)")
BLUR = """
const secret = /csrf|xsrf|token|secret|passw|session|one-time-code/i;
const hide = one => { one.style.filter = arguments[1]; };
for (const one of document.querySelectorAll('input, textarea'))
    if (one.type === 'password' || secret.test(one.name + one.id + one.autocomplete)) hide(one);
if (arguments[0]) hide(document.documentElement);
"""
TEXT = "return document.body ? document.body.innerText : '';"
FORMS = "return Array.from(document.querySelectorAll('input, textarea'), one => one.value).join('\\n');"


@dataclass(frozen=True, slots=True)
class Evidence:
    """At most `limit` pairs of files in `directory`; the oldest go. `redact` takes known secrets out of a text."""

    directory: Path
    limit: int
    redact: Callable[[str], str]

    def keep(self, driver: Any, name: str, cookies: Sequence[Cookie]) -> Path | None:
        """Where the page's source is now, its screenshot beside it; None where the browser shows nothing any more."""
        try:
            path = self._keep(driver, name, [one.value for one in cookies if len(one.value) >= LONG_ENOUGH])
        except Exception as problem:  # noqa: BLE001  evidence is welcome, and no reason to fail in another way
            log.debug("no evidence of the page: %s", type(problem).__name__)
            return None
        self._prune()
        return path

    def hidden(self, text: str, secrets: Sequence[str]) -> str:
        """The text without secrets: the given, the known, and what their names give away."""
        text = self.redact(text)
        for secret in sorted(secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return text

    def source(self, html: str, secrets: Sequence[str]) -> str:
        """The page's source without secrets."""
        html = TAG.sub(lambda tag: _blank(tag.group()), self.hidden(html, secrets))
        return NAMED.sub(lambda found: f"{found['head']}{found['mark']}{HIDDEN}{found['mark']}", html)

    def _keep(self, driver: Any, name: str, secrets: Sequence[str]) -> Path:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S-%f")
        path = self.directory / f"{stamp}_{re.sub(r'[^a-z0-9-]+', '_', name.lower())}.html"
        _write(path, self.source(driver.page_source, secrets).encode())
        shown = driver.execute_script(TEXT) + driver.execute_script(FORMS)
        everything = self.hidden(shown, secrets) != shown
        driver.execute_script(BLUR, everything, "blur(12px)")
        _write(path.with_suffix(".png"), base64.b64decode(driver.get_screenshot_as_base64()))
        driver.execute_script(BLUR, everything, "")
        return path

    def _prune(self) -> None:
        kept = sorted(self.directory.glob("*.html"), reverse=True)
        names = {one.stem for one in kept[: self.limit]}
        for one in self.directory.iterdir():
            if one.suffix in {".html", ".png"} and one.stem not in names:
                with suppress(FileNotFoundError):
                    one.unlink()


def _blank(tag: str) -> str:
    return VALUE.sub(rf'\1"{HIDDEN}"', tag) if SECRET_TAG.search(tag) else tag


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
