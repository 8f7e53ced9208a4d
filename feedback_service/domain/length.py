"""How long an answer may be, in the unit that its platform counts by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback_service.domain.errors import Refused
from feedback_service.domain.reply import Finding


class LengthUnit(StrEnum):
    CHARACTERS = "characters"
    BYTES = "bytes"
    UTF16 = "utf-16 units"


RUSSIAN_UNITS = {LengthUnit.CHARACTERS: "зн.", LengthUnit.BYTES: "байт", LengthUnit.UTF16: "ед. UTF-16"}


@dataclass(frozen=True, slots=True)
class TextLimit:
    """Bounds of an answer's length, both inclusive, in the platform's own unit."""

    minimum: int
    maximum: int
    unit: LengthUnit = LengthUnit.CHARACTERS

    def measure(self, text: str) -> int:
        """The text's length in the platform's unit."""
        match self.unit:
            case LengthUnit.CHARACTERS:
                return len(text)
            case LengthUnit.BYTES:
                return len(text.encode("utf-8", "surrogatepass"))
            case LengthUnit.UTF16:
                return len(text.encode("utf-16-le", "surrogatepass")) // 2

    def fits(self, text: str) -> bool:
        return self.minimum <= self.measure(text) <= self.maximum

    def require(self, text: str) -> None:
        """Raises Refused for an answer that is too short or too long."""
        if not self.fits(text):
            raise Refused(f"the text has {self.measure(text)} {self.unit}; {self._bounds}")

    def require_words(self, text: str) -> None:
        """Raises Refused for an answer that is too short, too long or blank."""
        self.require(text)
        if not text.strip():
            raise Refused(f"the text is blank; {self._bounds}")

    @property
    def _bounds(self) -> str:
        return f"{self.minimum} to {self.maximum} are allowed"


def length_finding(text: str, limit: TextLimit) -> Finding | None:
    """What is wrong with the text's length, or None where it fits."""
    length, unit = limit.measure(text), RUSSIAN_UNITS[limit.unit]
    if length > limit.maximum:
        excerpt, sentence = f"…{text[-40:]}", f"Слишком длинно: {length} {unit}, можно не больше {limit.maximum}"
    elif length < limit.minimum:
        excerpt, sentence = text, f"Слишком коротко: {length} {unit}, нужно не меньше {limit.minimum}"
    else:
        return None
    return Finding("length", excerpt, sentence)
