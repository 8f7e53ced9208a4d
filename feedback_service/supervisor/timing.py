"""Every duration and count by which the supervisor decides."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """The defaults suit production; tests use small ones. All durations are seconds of the monotonic clock."""

    tick_seconds: float = 1.0
    """The longest pause between two ticks; signals, roster lines and ended children wake the loop at once."""

    silent_seconds: float = 60.0
    """A child that has not beaten for this long is hung."""
    last_words_seconds: float = 1.0
    """What a hung child gets to print its stack before SIGKILL."""

    drain_seconds: float = 30.0
    """What a worker gets between SIGTERM and SIGKILL."""
    roster_stop_seconds: float = 10.0
    """The same for the roster, which gives the leases back once all workers are gone."""

    first_delay_seconds: float = 1.0
    """The pause before a first restart; it doubles with every further failure."""
    longest_delay_seconds: float = 60.0
    temporary_delay_seconds: float = 5.0
    """The longest pause after exit code 75: the cause is outside and may end any moment."""
    healthy_seconds: float = 60.0
    """A run of this length makes the earlier failures forgotten."""

    crash_limit: int = 5
    """This many failures within the window are a crash loop."""
    crash_window_seconds: float = 120.0
    parked_seconds: float = 600.0
    """How long a supplier in a crash loop is left alone."""
