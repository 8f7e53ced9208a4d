"""What a test may do to the emulator while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """All off at first; each counts from the next call on."""

    refuse: str = ""
    """The name of a gRPC status with which every call ends, such as PERMISSION_DENIED."""
    away: bool = False
    """Every call ends with UNAVAILABLE."""
    duplicate: bool = False
    """Every message is published twice."""
    drop_acks: bool = False
    """Acknowledgements are answered and forgotten."""
    slow: float = 0.0
    """Seconds that every call takes longer."""
