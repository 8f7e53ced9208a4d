"""The demo's suppliers: the sandbox's made-up shops as a suppliers.yaml, and their customers on the platforms."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from feedback_service.cli.demo.sandbox_control import OpenedAccount, SandboxControl
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.world import SHOPS, ShopAccount, Story, World

PLATFORM = "wildberries"
POLL_SECONDS = 2
POLICIES: Mapping[str, Mapping[str, Any]] = {
    "pledoslavl": {"reviews": dict.fromkeys(range(1, 6), "auto"), "questions": "auto"},
    "kruzhkin": {"reviews": {1: "approve", 2: "approve", 3: "auto", 4: "auto", 5: "auto"}, "questions": "auto"},
    "polyn-i-mjata": {"reviews": {1: "approve", 2: "auto", 3: "auto", 4: "auto", 5: "auto"}, "stars_only": "skip"},
}
"""One shop lets everything go by itself, one keeps complaints for a person, one also its questions, and skips stars."""
STOP_WORDS = ("бракованный", "гарантировать")


@dataclass(frozen=True, slots=True)
class Market:
    """The open accounts of all shops on the sandbox."""

    control: SandboxControl
    world: World
    accounts: Mapping[ShopAccount, OpenedAccount]

    @classmethod
    def opened(cls, control: SandboxControl, world: World, options: Mapping[str, object]) -> Market:
        return cls(control, world, {one: control.open(PLATFORM, one.name, options) for one in world.accounts})

    def write_backlog(self) -> None:
        """Let all the made-up customers write."""
        for account in self.world.accounts:
            self._write(account, self.world.backlog(account, time.time()))

    def write_reviews(self, customers: Sequence[SandboxCustomer]) -> None:
        """Let a file's customers write instead, shared out over the accounts."""
        names = [account.name for account in self.world.accounts]
        for start, name in enumerate(names):
            self.control.write(PLATFORM, name, customers[start :: len(names)])

    def arrivals(self) -> Iterator[None]:
        """One more customer at each turn, at one account after the other."""
        streams = {account: self.world.arrivals(account, time.time) for account in self.world.accounts}
        for account in cycle(self.world.accounts):
            self._write(account, [next(streams[account])])
            yield

    def environment(self) -> dict[str, str]:
        """The tokens, by the names that the suppliers file refers to."""
        return {_variable(one): opened.credentials["token"] for one, opened in self.accounts.items()}

    def write_suppliers(self, path: Path) -> None:
        """Write the suppliers file, as a person would."""
        suppliers = [
            {
                "key": shop.key,
                "title": shop.title,
                "voice": {"tone": shop.tone, "signature": shop.signature},
                "policy": dict(POLICIES[shop.key]),
                "stop_words": list(STOP_WORDS),
                "accounts": [
                    {
                        "key": one.key,
                        "platform": PLATFORM,
                        "base_url": opened.base_url,
                        "poll_seconds": POLL_SECONDS,
                        "credentials": {"token": f"${{{_variable(one)}}}"},
                    }
                    for one, opened in self.accounts.items()
                    if one.shop == shop
                ],
            }
            for shop in SHOPS
        ]
        path.write_text(yaml.safe_dump({"suppliers": suppliers}, allow_unicode=True, sort_keys=False), "utf-8")

    def _write(self, account: ShopAccount, stories: Sequence[Story]) -> None:
        items = self.control.write(PLATFORM, account.name, [story.first for story in stories])
        supplements = [
            replace(story.supplement, supplement_of=item)
            for story, item in zip(stories, items, strict=True)
            if story.supplement
        ]
        if supplements:
            self.control.write(PLATFORM, account.name, supplements)


def _variable(account: ShopAccount) -> str:
    return f"DEMO_TOKEN_{account.name.replace('-', '_').upper()}"
