"""The shapes by which a secret is recognised although nobody registered its value."""

import re

from feedback_service.logs.secrets import REDACTED

_NAMES = (
    "authorization|cookie|credential|session[-_]?id|"
    "(?:api|private|encryption|secret)[-_ ]?key|token|passw(?:or)?d|passphrase|pwd|secret"
)
_SENSITIVE_NAME = re.compile(rf"(?:{_NAMES})s?$", re.IGNORECASE)
_COUNT_OF_TOKENS = re.compile(r"tokens$", re.IGNORECASE)

# What replaces the match: the groups it may keep, and the mark. A shape that is opened and never closed reaches to the
# end of the text: safer, and one look through 100 kB instead of one from each opening.
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), REDACTED),
    (re.compile(r"eyJ[\w-]{8,}(?:\.[\w-]*){0,4}"), REDACTED),  # a JWT, also one that was cut short
    (re.compile(r"(?<![A-Za-z0-9])sk-[\w-]{8,}"), REDACTED),  # OpenAI
    (re.compile(r"\bAIza[\w-]{30,}|\bya29\.[\w.-]{10,}"), REDACTED),  # Google: API key, access token
    (re.compile(r"\b\d{6,12}:[\w-]{30,}"), REDACTED),  # a Telegram bot
    (re.compile(r"\bgAAAA[\w-]{16,}={0,2}"), REDACTED),  # Fernet ciphertext
    (re.compile(r"\b(Bearer\s+)[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1{REDACTED}"),
    (re.compile(r"\b(Basic\s+)(?=[\w+/-]*[A-Z0-9=])[\w+/-]{8,}={0,2}"), rf"\1{REDACTED}"),
    (re.compile(r"([a-z][a-z0-9+.-]{0,20}://)[^\s/?#'\"<>]*@", re.IGNORECASE), rf"\1{REDACTED}@"),
    # Customers' words, as SQLAlchemy and PostgreSQL put them into their errors.
    (re.compile(r"(\[parameters: ).*?(\](?=\s*(?:\n|\(Background|\Z))|\Z)", re.DOTALL), rf"\1{REDACTED}\2"),
    (re.compile(r"(Failing row contains \().*?(\)(?=\.?\s*(?:\n|\Z))|\Z)", re.DOTALL), rf"\1{REDACTED}\2"),
)

_QUOTED = re.compile(  # {'Api-Key': 'x'}, (b'Cookie', b'x'), token='x', {\"secret\": \"x\"}
    rf"(?P<lead>(?:{_NAMES})s?\\*['\"]?\)?\s*[:=,]>?\s*\(?[bru]?)"
    r"(?P<quote>\\*['\"])(?P<value>(?:(?!(?P=quote))(?:\\.|.))*)",
    re.IGNORECASE,
)
_HEADER = re.compile(  # Cookie: a=1; b=2
    r"(?P<lead>(?:authorization|cookie|api-key):[ \t]*)(?P<value>[^\r\n'\"]+)", re.IGNORECASE
)
_ASSIGNED = re.compile(  # token=x, password = x, token%3Dx
    rf"(?P<lead>(?:{_NAMES})s?(?:[ \t]*=[ \t]*|%3D))(?P<value>[^\s&;,'\"\]\[}}{{)(=][^\s&;,'\"\]\[}}{{)(]*)",
    re.IGNORECASE,
)
# In a sentence, "the token: it expired" must stay readable: only 8 characters and more are taken for a value.
_SPOKEN = re.compile(rf"(?P<lead>(?:{_NAMES})s?:[ \t]*)(?P<value>[^\s'\",;\]\[]{{8,}})", re.IGNORECASE)
_PAIRS = (_QUOTED, _HEADER, _ASSIGNED, _SPOKEN)

# Text that holds none of these matches no shape: most lines are done after this one look.
_WORTH_A_LOOK = re.compile(
    rf"{_NAMES}|PRIVATE KEY|eyJ|sk-|AIza|ya29|\d:[\w-]{{30}}|gAAAA|bearer|basic|://|parameters:|Failing row",
    re.IGNORECASE,
)


def hide_shapes(text: str) -> str:
    """Replace what looks like a secret: JWT, API keys, headers, `token=…`, the user part of a URL."""
    if not _WORTH_A_LOOK.search(text):
        return text
    for shape, replacement in _SHAPES:
        text = shape.sub(replacement, text)
    for pair in _PAIRS:
        text = pair.sub(_without_value, text)
    return text


def is_secret(name: str, value: object) -> bool:
    """Whether a field of that name holds a secret: `wb_token` does, `prompt_tokens=123` is a count."""
    if value is None or isinstance(value, bool) or not _SENSITIVE_NAME.search(name):
        return False
    return not (isinstance(value, int | float) and _COUNT_OF_TOKENS.search(name))


def _without_value(match: re.Match[str]) -> str:
    if match["value"].isdigit() and _COUNT_OF_TOKENS.search(match["lead"].rstrip("=: \t")):
        return match[0]
    return match["lead"] + (match.groupdict().get("quote") or "") + REDACTED
