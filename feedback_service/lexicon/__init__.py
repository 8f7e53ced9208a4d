"""The text inspector: finds in an answer what must not be published, locally and fast."""

from feedback_service.lexicon.inspector import Inspector, warm

__all__ = ["Inspector", "warm"]
