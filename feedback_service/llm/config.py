"""What the adapter must be told: where the model is, by which key, at which rate and price."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from feedback_service.domain.errors import Configuration


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """`base_url` ends before "/chat/completions". The rates are those of the whole account, all machines together.

    `prices`: "model=input/output, …" in US dollars per million tokens, besides and before the built-in ones.
    `classifier_text`, `drafter_text`: characters of one customer's words that are sent at most, head and tail kept.
    `classifier_tokens` (per item), `drafter_tokens`: the first cap on a call's output, reasoning included; an output
    that was cut short is asked for once more with `wider` times as much.
    """

    base_url: str = field(repr=False)
    api_key: str = field(repr=False)
    classifier_model: str
    drafter_model: str
    requests_per_minute: float = 500
    tokens_per_minute: float = 200_000
    timeout_seconds: float = 60
    prices: str = ""
    classifier_text: int = 2_000
    drafter_text: int = 6_000
    classifier_tokens: int = 120
    drafter_tokens: int = 1_000
    wider: int = 4

    def __post_init__(self) -> None:
        """Raise Configuration for an address or a key that cannot be right."""
        if not self.place:
            raise Configuration("URL_PROXY_OPENAI is no address such as https://api.openai.com/v1")
        if not (self.api_key.isascii() and self.api_key.isprintable()) or " " in self.api_key:
            raise Configuration("OPENAI_API_KEY contains characters that no key has")

    @property
    def place(self) -> str:
        """The address as it may be shown: without user, password and query; empty where it is none."""
        try:
            parts = urlsplit(self.base_url)
            port = f":{parts.port}" if parts.port else ""
        except ValueError:
            return ""
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return ""
        return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"
