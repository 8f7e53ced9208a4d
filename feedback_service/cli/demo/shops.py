"""The demo's suppliers: the sandbox's made-up shops as a suppliers.yaml, and their customers on the platforms."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from feedback_service.cli.demo.sandbox_control import OpenedAccount, SandboxControl
from feedback_service.cli.demo.stalls import Stall, stalls
from feedback_service.domain.feedback import Kind
from feedback_service.ports.replica import SandboxCustomer
from feedback_service.sandbox.world import SHOPS, Story, World

POLL_SECONDS = 2
QUIET_SECONDS = 4
SUPPLEMENTED = frozenset({"ozon", "wildberries", "yandex_market"})
"""Where a customer can add to what they wrote."""
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
    accounts: Mapping[Stall, OpenedAccount]

    @classmethod
    def opened(cls, control: SandboxControl, world: World, *, browser: bool) -> Market:
        everywhere = stalls(world, browser=browser)
        return cls(control, world, {one: control.open(one.platform, one.account.name, {}) for one in everywhere})

    def write_backlog(self) -> None:
        """Let all the made-up customers write."""
        for stall in self.accounts:
            self._write(stall, self.world.backlog(stall.account, time.time()))

    def write_reviews(self, customers: Sequence[SandboxCustomer]) -> None:
        """Let a file's customers write instead, shared out over the accounts."""
        for kind in Kind:
            takers = [stall for stall in self.accounts if kind in stall.kinds]
            mine = [one for one in customers if one.kind == kind]
            for start, stall in enumerate(takers):
                self.control.write(stall.platform, stall.account.name, mine[start :: len(takers)])

    def arrivals(self) -> Iterator[None]:
        """One more customer at each turn, at one account after the other."""
        streams = {stall: self.world.arrivals(stall.account, time.time) for stall in self.accounts}
        for stall in cycle(self.accounts):
            self._write(stall, [next(one for one in streams[stall] if one.first.kind in stall.kinds)])
            yield

    def environment(self) -> dict[str, str]:
        """The credentials, by the names that the suppliers file refers to."""
        return {
            variable: opened.credentials[name]
            for stall, opened in self.accounts.items()
            for name, variable in stall.variables(opened.credentials).items()
        }

    def write_suppliers(self, path: Path) -> None:
        """Write the suppliers file, as a person would."""
        suppliers = [
            {
                "key": shop.key,
                "title": shop.title,
                "voice": {"tone": shop.tone, "signature": shop.signature},
                "policy": dict(POLICIES[shop.key]),
                "stop_words": list(STOP_WORDS),
                "accounts": [self._account(one) for one in self.accounts if one.account.shop == shop],
            }
            for shop in SHOPS
        ]
        path.write_text(yaml.safe_dump({"suppliers": suppliers}, allow_unicode=True, sort_keys=False), "utf-8")

    def write_cookies(self, folder: Path) -> Mapping[Stall, Path]:
        """A file of cookies for every account that lives by a session, as a browser's extension would export them."""
        files = {}
        for stall in self.accounts:
            if stall.by_session:
                files[stall] = folder / f"{stall.account.name}.cookies.json"
                cookies = self.control.sign_in(stall.platform, stall.account.name)
                files[stall].touch(0o600)
                files[stall].write_text(json.dumps(cookies), "utf-8")
        return files

    def _account(self, stall: Stall) -> dict[str, object]:
        opened = self.accounts[stall]
        cabinet = {"cabinet_url": opened.cabinet_url} if stall.by_browser else {}
        agreed = {"answers_without_a_person": True} if stall.spec.person_first else {}
        variables = stall.variables(opened.credentials)
        return {
            "key": stall.account.key,
            "platform": stall.platform,
            "delivery": str(stall.delivery),
            "base_url": opened.base_url,
            **cabinet,
            **agreed,
            "poll_seconds": POLL_SECONDS,
            "quiet_poll_seconds": QUIET_SECONDS,
            "credentials": {name: f"${{{variable}}}" for name, variable in variables.items()},
        }

    def _write(self, stall: Stall, stories: Sequence[Story]) -> None:
        name = stall.account.name
        stories = [one for one in stories if one.first.kind in stall.kinds]
        items = self.control.write(stall.platform, name, [story.first for story in stories])
        supplements = [
            replace(story.supplement, supplement_of=item)
            for story, item in zip(stories, items, strict=True)
            if story.supplement and stall.platform in SUPPLEMENTED
        ]
        if supplements:
            self.control.write(stall.platform, name, supplements)
