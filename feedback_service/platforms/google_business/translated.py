"""Finds a customer's own words in a text to which Google has added its translation."""

from __future__ import annotations

TRANSLATION = "(Translated by Google)"
ORIGINAL = "(Original)"


def original_of(text: str) -> str:
    """The part in the customer's language; a text without Google's marks as it came.

    Google puts the translation before the original, with both marks, or after it, with the first mark alone. Whether
    it does so may change from one reading to the next; the customer's own part stays, and with it the fingerprint.
    """
    before, mark, after = text.partition(TRANSLATION)
    if not mark or (before and not before.endswith("\n")):
        return text
    if before.strip():
        return before.strip()
    _, mark, original = after.partition(f"\n{ORIGINAL}")
    return original.strip() if mark else after.strip()
