"""Google's four hosts, or one that stands in for all of them."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.transports.http import Http, Limits

REVIEWS = "https://mybusiness.googleapis.com"
ACCOUNTS = "https://mybusinessaccountmanagement.googleapis.com"
LOCATIONS = "https://mybusinessbusinessinformation.googleapis.com"
TOKENS = "https://oauth2.googleapis.com"
LIMITS = Limits(connect=10.0, silence=20.0, total=25.0, at_once=4)
"""An answer is up to four calls, each with its waits: together they stay below send_window."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """One connection pool each; the paths differ from host to host, so one base URL can hold them all."""

    reviews: Http
    accounts: Http
    locations: Http
    tokens: Http

    @classmethod
    def open(cls, base_url: str = "") -> Hosts:
        """The usual address of the reviews stands for all four. Raises Configuration for a base URL that is none."""
        if base_url.rstrip("/") not in ("", REVIEWS):
            there = Http(base_url, {}, LIMITS)
            return cls(there, there, there, there)
        return cls(*(Http(url, {}, LIMITS) for url in (REVIEWS, ACCOUNTS, LOCATIONS, TOKENS)))

    async def close(self) -> None:
        for one in {self.reviews, self.accounts, self.locations, self.tokens}:
            await one.close()
