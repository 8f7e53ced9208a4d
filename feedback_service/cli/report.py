"""The facts that `feedback-service check` finds, printed as they come, and the exit code that they add up to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from feedback_service.cli import render
from feedback_service.cli.errors import exit_code, lines_of
from feedback_service.domain.errors import FeedbackServiceError
from feedback_service.ports.platform import Fact
from feedback_service.ports.roster import ExitCode

Found = TypeVar("Found")


@dataclass
class Report:
    """All facts so far; `quiet` prints none of them. A configuration's code is the highest and therefore wins."""

    quiet: bool
    code: int = ExitCode.DRAINED
    facts: list[Fact] = field(default_factory=list)

    def add(self, fact: Fact, code: int = ExitCode.FAILED) -> None:
        """Keep a fact; `code` is what it means for the exit code where it is not well."""
        self.facts.append(fact)
        if not fact.ok:
            self.code = max(self.code, code)
        if not self.quiet:
            sign, style = ("✓", "green") if fact.ok else ("✗", "red")
            remedy = f"; {fact.remedy}" if fact.remedy else ""
            render.line(f"{sign} {fact.subject}: {render.one_line(fact.finding + remedy)}", style)

    def of(self, subject: str, look: Callable[[], Found], finding: Callable[[Found], str]) -> Found | None:
        """Add what a look finds and return it; None where something is wrong."""
        try:
            found = look()
        except FeedbackServiceError as problem:
            self.wrong(subject, problem)
            return None
        self.add(Fact(subject, True, finding(found)))
        return found

    def wrong(self, subject: str, problem: FeedbackServiceError) -> None:
        """Add an error as a fact."""
        self.add(Fact(subject, False, lines_of(problem)[0]), exit_code(problem))
