"""Every error of the service, named by what to do next.

FeedbackServiceError
├── Retryable        nothing was written: try again, not before `retry_after` seconds
├── InDoubt          a write may have happened: re-read the platform, never repeat blindly
├── Refused          the other side said no to this item: a person decides
├── MustRetract      what was published is not what was approved: it has to go again
├── AccountFault     this account (or the model's key) is out of order: pause it, alert once
│   ├── Unavailable  this way of working is not open to the account: take its other way, or pause it
│   ├── NoBrowser    this machine has no browser: another machine may have one, so a publisher leaves it to others
│   └── StrangeCabinet  the login seems to be that of another cabinet: nothing there is ours
├── Configuration    only a person can mend it: exit code 78, others go on
├── LostRace         somebody else changed the item first: leave it to them
├── FenceLost        this process no longer holds the supplier's lease: stop writing at once
└── NotAllowed       what a person asked for does not fit the item's state
"""

from __future__ import annotations


class FeedbackServiceError(Exception):
    """The root; its text is one line that a person can act upon."""


class Retryable(FeedbackServiceError):
    """Nothing was written. Trying again is safe, and not worth it before `retry_after` seconds (None: unknown)."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class InDoubt(FeedbackServiceError):
    """A write left us and no answer came back: only a re-read of the platform tells what happened."""


class Refused(FeedbackServiceError):
    """This one item was refused for good; its reason goes to a person."""


class MustRetract(FeedbackServiceError):
    """Our answer stands there, but reads otherwise than it was approved; `platform_id` is its id on the platform."""

    def __init__(self, reason: str, platform_id: str = "") -> None:
        super().__init__(reason)
        self.platform_id = platform_id


class AccountFault(FeedbackServiceError):
    """Credentials, rights or balance are out of order: nothing of this account can work until `remedy` is done."""

    def __init__(self, reason: str, remedy: str, retry_after: float | None = None) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason
        self.remedy = remedy
        self.retry_after = retry_after


class Unavailable(AccountFault):
    """The account's login is good, but this way of working is not part of its subscription or rights."""


class NoBrowser(AccountFault):
    """No browser can start on this machine, whatever the account: where work is shared, others may do it."""


class StrangeCabinet(AccountFault):
    """The login is good, and none of several items that are known of the account is to be found by it."""


class Configuration(FeedbackServiceError):
    """A setting, file or database is wrong in a way that only a person can mend."""


class LostRace(FeedbackServiceError):
    """A compare-and-set found another state than the one it was read with."""


class FenceLost(FeedbackServiceError):
    """The supplier's lease has another epoch now: another host works for this supplier."""


class NotAllowed(FeedbackServiceError):
    """The transition that was asked for is not in the lifecycle's table."""
