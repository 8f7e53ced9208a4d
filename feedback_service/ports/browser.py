"""What a platform's cabinet asks of a real browser: a page to open, to call from, to read and to fill."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from feedback_service.domain.errors import InDoubt, Retryable

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCall:
    """A request that the page itself makes by fetch(), with its own cookies and fingerprint.

    `path` is absolute below the page's origin, or a whole URL; `json` None sends no body.
    """

    method: str = "POST"
    path: str
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path} in the page"


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What fetch() gave; `url` is where redirects led."""

    call: PageCall
    status: int
    url: str
    text: str = field(repr=False)

    def document(self) -> object:
        """The body's JSON. Raises Retryable where it is something else; after a write, `Page` makes that InDoubt."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            raise Retryable(f"{self.call}: HTTP {self.status} without readable JSON") from None


class Page(Protocol):
    """The one tab of one account's browser, driven step by step on the browser's own thread.

    Selectors are CSS. Every method raises Retryable where the browser, the page or a time limit fails, and InDoubt
    instead of it once `write_begins` was called.
    """

    @property
    def url(self) -> str:
        """Where the page is now."""
        ...

    def open(self, url: str) -> None:
        """Go there and wait until the page is loaded; where it is already there, it is loaded anew."""
        ...

    def fetch(self, call: PageCall) -> PageAnswer:
        """Call from inside the page; every status is an answer. The page must be on the origin that is called."""
        ...

    def wait_for(self, marks: Mapping[str, str], seconds: float | None = None) -> str:
        """Wait until one of the selectors shows an element; return the name of the first in the mapping's order."""
        ...

    def has(self, selector: str) -> bool:
        """Whether an element is there now."""
        ...

    def rows(self, selector: str, fields: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
        """For each element of the selector the wanted fields, by one script.

        A field is "inner selector", "inner selector@attribute" or "@attribute" of the element itself; what is not
        there is an empty text. Text keeps its line breaks.
        """
        ...

    def fill(self, selector: str, text: str) -> None:
        """Replace the field's text as typing would, emoji and line breaks included."""
        ...

    def click(self, selector: str) -> bool:
        """Scroll to the element and click it as a person would; whether another page was loaded by that since.

        False may also be said too early, where the other page still is on its way.
        """
        ...

    def write_begins(self) -> None:
        """Say that the next step may change what customers see.

        Raises Retryable where too little of the time limit is left: nothing was written yet, and somebody else may
        already have been given this work.
        """
        ...


class Browser(Protocol):
    """One account's signed-in browser: started when first needed, replaced when it dies, one script at a time."""

    async def run(self, script: Callable[[Page], T], seconds: float) -> T:
        """Run the script on the browser's thread, in the order of the calls, within `seconds` once it begins.

        Raises what the script raises; Retryable or, after `write_begins`, InDoubt where the browser fails; AccountFault
        where no browser can be started here or nobody is signed in.
        """
        ...

    async def close(self) -> None:
        """End the browser and every process it started; the profile and the session are kept."""
        ...


def lost(what: str, *, writing: bool) -> Retryable | InDoubt:
    """The error for a step of which the end is not known."""
    return InDoubt(f"{what}; it may have been written") if writing else Retryable(what)
