"""Asks for a captcha: once, or again and again until somebody solves it."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedback_service.sandbox.faults import Call, FaultPlan

KIND = "captcha"


@dataclass
class Captcha:
    """The captchas of one cabinet.

    The fault "captcha" shows one to the request that draws it; with the option `until_solved` it stays for that
    account, or for all who are signed out where nobody is signed in.
    """

    faults: FaultPlan
    _unsolved: set[str | None] = field(default_factory=set)

    def stops(self, call: Call) -> bool:
        """Whether the request gets a captcha."""
        if call.account in self._unsolved:
            return True
        drawn = self.faults.draw(call, {KIND}).get(KIND)
        if drawn is not None and drawn.fault.options.get("until_solved"):
            self._unsolved.add(call.account)
        return drawn is not None

    def solve(self, account: str | None) -> bool:
        """Take the captcha away; whether there was one."""
        there = account in self._unsolved
        self._unsolved.discard(account)
        return there

    def unsolved(self) -> list[str | None]:
        """Whose captcha waits for somebody."""
        return sorted(self._unsolved, key=str)
