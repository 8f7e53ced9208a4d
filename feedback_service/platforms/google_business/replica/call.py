"""One call of an API whose access token was accepted."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.google_business.replica.account import Account
from feedback_service.platforms.google_business.replica.directory import Directory
from feedback_service.ports.replica import ReplicaRequest


@dataclass(frozen=True, slots=True)
class Call:
    """The request, whose it is, and everybody's accounts."""

    request: ReplicaRequest
    account: Account
    directory: Directory

    @property
    def at(self) -> float:
        return self.request.at
