"""What tokens cost: US dollars per million, by model.

Source: OpenAI's price list for standard processing, 2026. Prices change, so the setting OPENAI_PRICES comes first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from feedback_service.domain.errors import Configuration

log = logging.getLogger(__name__)

PRICES: Mapping[str, tuple[float, float]] = {
    "gpt-5.4": (2.5, 15.0),
    "gpt-5.4-mini": (0.75, 4.5),
    "gpt-5.4-nano": (0.2, 1.25),
    "gpt-5.1": (1.25, 10.0),
    "gpt-5": (1.25, 10.0),
    "gpt-5-mini": (0.25, 2.0),
    "gpt-5-nano": (0.05, 0.4),
    "gpt-4.1": (2.0, 8.0),
    "gpt-4.1-mini": (0.4, 1.6),
    "gpt-4.1-nano": (0.1, 0.4),
    "gpt-4o": (2.5, 10.0),
    "gpt-4o-mini": (0.15, 0.6),
    "o3": (2.0, 8.0),
    "o3-mini": (1.1, 4.4),
    "o4-mini": (1.1, 4.4),
}
"""Input and output; cached input is counted at the full price, so that a cost is never shown too low."""
SNAPSHOT = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4}|latest|preview)$")
ENTRY = re.compile(r"\s*([^\s=,]+)\s*=\s*(\d+(?:\.\d+)?)\s*/\s*(\d+(?:\.\d+)?)\s*")


@dataclass(slots=True)
class PriceList:
    """Says once for each model that it does not know the price."""

    override: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    unpriced: set[str] = field(default_factory=set)

    def cost_micros(self, model: str, input_tokens: int, output_tokens: int) -> int:
        """Millionths of a US dollar, rounded; 0 where the price is unknown."""
        price = self._price(model)
        if price is None:
            self._say_once(model)
            return 0
        return round(input_tokens * price[0] + output_tokens * price[1])

    def _price(self, model: str) -> tuple[float, float] | None:
        """By the full name, then without a proxy's prefix and a snapshot's date."""
        bare = model.rpartition("/")[2]
        for name in (model, bare, SNAPSHOT.sub("", bare)):
            if found := self.override.get(name) or PRICES.get(name):
                return found
        return None

    def _say_once(self, model: str) -> None:
        if model not in self.unpriced:
            self.unpriced.add(model)
            log.warning(
                "The price of the model %s is not known: costs are shown as 0; OPENAI_PRICES can tell it.",
                model,
                extra={"action": "price_unknown"},
            )


def read_prices(text: str) -> Mapping[str, tuple[float, float]]:
    """The prices in "model=input/output, …". Raises Configuration."""
    prices: dict[str, tuple[float, float]] = {}
    for entry in filter(str.strip, text.split(",")):
        match = ENTRY.fullmatch(entry)
        if match is None:
            raise Configuration(
                f"OPENAI_PRICES: {entry.strip()!r} is not model=input/output in dollars per million tokens, "
                "for example gpt-5-mini=0.25/2"
            )
        prices[match.group(1)] = (float(match.group(2)), float(match.group(3)))
    return prices
