"""What `check` reports about an account of 2GIS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.platforms.twogis.branches import OURS, Branches
from feedback_service.platforms.twogis.client import PAGE, Elsewhere, TwoGisClient
from feedback_service.ports.facts import told_in_turn
from feedback_service.ports.platform import Fact


@dataclass(frozen=True, slots=True)
class Inspection:
    """Three looks, each of which needs the one before: the login, its branches, the list of one of them."""

    client: TwoGisClient
    branches: Branches

    async def facts(self) -> Sequence[Fact]:
        return await told_in_turn(("sign-in", self._login), ("branches", self._branches), ("reviews", self._reviews))

    async def _login(self) -> Fact:
        name = await self.client.user()
        return Fact("sign-in", True, f"accepted{f' as {name}' if name else ''}")

    async def _branches(self) -> Fact:
        known = await self.branches.current()
        if not known:
            return Fact("branches", False, "none: nothing can be read", f"add one to the organisation; {OURS}")
        lost = len(self.branches.login.branch_ids) - len(known)
        if lost > 0:
            return Fact("branches", False, f"{len(known)}; {lost} of branch_ids are not of this login", OURS)
        if closed := self.branches.closed:
            return Fact("branches", False, f"{len(known)}; organisations that do not open: {', '.join(closed)}", OURS)
        return Fact("branches", True, f"{len(known)}, the first is {known[0].id} {known[0].name}".strip())

    async def _reviews(self) -> Fact:
        branch = (await self.branches.current())[0]
        try:
            page = await self.client.reviews(branch, before="", unanswered=True)
        except Elsewhere:
            return Fact("reviews", False, f"branch {branch.id} is not open to this login", OURS)
        more = "" if page.rows < PAGE else " or more"
        return Fact("reviews", True, f"{len(page.listed)}{more} wait for an answer at branch {branch.id}")
