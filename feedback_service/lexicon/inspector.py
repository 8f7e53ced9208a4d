"""Inspects a text by all the rules of this room: the TextInspector that the guard asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedback_service.domain.reply import Finding
from feedback_service.lexicon.contacts import contact_findings
from feedback_service.lexicon.placeholders import leftover_findings
from feedback_service.lexicon.spelling import visible
from feedback_service.lexicon.stop_words import stop_word_findings

LONGEST_TEXT = 20_000
"""Longer than any platform takes (the longest, 5 000 characters, four times): not read, and never clean."""
MOST_FINDINGS = 10
"""Enough for a person to see what is wrong."""
LONGEST_EXCERPT = 80


@dataclass(frozen=True, slots=True)
class Inspector:
    """Finds contacts, left-overs and stop words; knows nothing of lengths, which are the platform's."""

    def inspect(self, text: str, stop_words: Sequence[str]) -> Sequence[Finding]:
        """What must not be published, contacts first; empty where the text is clean."""
        if len(text) > LONGEST_TEXT:
            return (Finding("unreadable", "", f"Текст длиннее {LONGEST_TEXT} знаков и не проверялся"),)
        seen = visible(text)
        found = dict.fromkeys(
            (*leftover_findings(seen), *contact_findings(seen), *stop_word_findings(seen, stop_words))
        )
        return tuple(_short(finding) for finding in list(found)[:MOST_FINDINGS])


def warm() -> None:
    """Load the dictionary and build the patterns (about 0.3 s and 30 MB): called once by a parent before it forks."""
    Inspector().inspect("Спасибо! Звоните +7 900 000-00-00, shop.ru", ("возврат",))


def _short(finding: Finding) -> Finding:
    if len(finding.excerpt) <= LONGEST_EXCERPT:
        return finding
    excerpt = f"{finding.excerpt[:LONGEST_EXCERPT]}…"
    return replace(finding, excerpt=excerpt, explanation=finding.explanation.replace(finding.excerpt, excerpt))
