"""Reads what an account of Zoon was given: whose reviews it works with, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from feedback_service.domain.errors import Configuration
from feedback_service.domain.supplier import Way
from feedback_service.ports.platform import Access, CredentialField

HOST = "zoon.ru"
ORGANISATION = re.compile(r"[0-9a-f]{24}")
BOTH = frozenset({Way.API, Way.BROWSER})

CREDENTIALS = (
    CredentialField(
        "organization_ids",
        "number of the organisation on Zoon, 24 signs of 0-9 and a-f: in the source text of its page after "
        "data-owner-id; several with commas between",
        ways=BOTH,
        secret=False,
        identifies=True,
    ),
    CredentialField(
        "site",
        "address of the city's site, https://spb.zoon.ru, or better of the organisation's page there, by which its "
        "newest reviews are read where the list fails; several with commas between; without it https://zoon.ru",
        required=False,
        ways=BOTH,
        secret=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Place:
    """An address: below which origin (with the path of a base_url), and the path there."""

    origin: str
    path: str


@dataclass(frozen=True, slots=True)
class Sites:
    """Turns addresses of Zoon's hosts into places; where a base_url is given, all of them lie below it."""

    base_url: str
    is_given: bool

    def place(self, address: str) -> Place | None:
        """None for an address of somebody else's host."""
        base, found = urlsplit(self.base_url), urlsplit(urljoin(f"{self.base_url}/", address))
        query = f"?{found.query}" if found.query else ""
        if found.netloc == base.netloc:
            path = found.path.removeprefix(base.path.rstrip("/")) or "/"
            return Place(self.base_url, f"{path}{query}")
        if found.scheme not in ("http", "https") or found.username or not _is_ours(found.hostname or ""):
            return None
        origin = self.base_url if self.is_given else f"{found.scheme}://{found.netloc}"
        return Place(origin, f"{found.path or '/'}{query}")


@dataclass(frozen=True, slots=True)
class Login:
    """`origin` is where the list is asked for; `pages` are those of organisations, of which each tells whose it is."""

    organisations: tuple[str, ...]
    sites: Sites
    origin: str
    pages: tuple[Place, ...]


def read_login(access: Access, usual: str) -> Login:
    """The account's credentials. Raises Configuration for what cannot be right."""
    organisations = _parts(access.credentials.get("organization_ids", "").lower())
    if not organisations:
        raise Configuration(f"{access.label}: organization_ids is empty; {CREDENTIALS[0].meaning}")
    for one in organisations:
        if not ORGANISATION.fullmatch(one):
            raise Configuration(f"{access.label}: {one[:40]!r} is no organisation's number; {CREDENTIALS[0].meaning}")
    sites = Sites((access.base_url or usual).rstrip("/"), bool(access.base_url) and access.base_url != usual)
    places = [_site(access.label, sites, one) for one in _parts(access.credentials.get("site", ""))]
    origin = places[0].origin if places else sites.base_url
    return Login(organisations, sites, origin, tuple(_reviews(one) for one in places if _is_page(one)))


def _site(label: str, sites: Sites, text: str) -> Place:
    address = text if text.startswith(("http://", "https://", "/")) else f"https://{text}"
    try:
        place = sites.place(address)
    except ValueError:
        place = None
    if place is None:
        raise Configuration(f"{label}: site must be an address like https://spb.zoon.ru/…, not {text[:60]!r}")
    return place


def _is_page(place: Place) -> bool:
    """An organisation's page lies below its category, a city's site at the top or one below it."""
    return len([part for part in place.path.partition("?")[0].split("/") if part]) >= 2


def _reviews(place: Place) -> Place:
    path = f"{place.path.partition('?')[0].rstrip('/')}/"
    return Place(place.origin, path if path.endswith("/reviews/") else f"{path}reviews/")


def _is_ours(host: str) -> bool:
    return host == HOST or host.endswith(f".{HOST}")


def _parts(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in re.split(r"[\s,;]+", text) if part))
