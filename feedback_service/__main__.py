"""The command `feedback-service`."""

from __future__ import annotations

from feedback_service.cli.app import main

__all__ = ["main"]

if __name__ == "__main__":
    main()
