"""Each mistake in suppliers.yaml is one line with its place and what to do; no secret is ever repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.ports.platform import CredentialField, PlatformSpec
from feedback_service.suppliers_file.problems import SuppliersFileError
from feedback_service.suppliers_file.reader import read_suppliers_file

MARKET = PlatformSpec(
    key=PlatformKey("market"),
    title="Market",
    base_url="https://market.example",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={},
    credentials=(CredentialField("token", "from the cabinet"),),
)
SPECS = {MARKET.key: MARKET}
ACCOUNTS = "  accounts: [{key: main, platform: market, credentials: {token: '${TOKEN}'}}]"
SUPPLIER = f"suppliers:\n- key: lapka\n{ACCOUNTS}\n"


def problems(folder: Path, content: str | bytes, **variables: str) -> list[str]:
    """The problems of a file, without the folder before its name."""
    file = folder / "s.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SuppliersFileError) as raised:
        read_suppliers_file(file, SPECS, {"TOKEN": "s3cret", **variables})
    return [line.removeprefix(f"{folder}/") for line in raised.value.lines]


def supplier_with(lines: str) -> str:
    return SUPPLIER + "".join(f"  {line}\n" for line in lines.splitlines())


def account_with(fields: str) -> str:
    return f"suppliers:\n- key: lapka\n  accounts:\n  - {fields}\n"


FIELDS = {
    "policy: {reviews: {6: auto}}": "s.yaml:4: suppliers[0].policy.reviews.6: stars are 1 to 5",
    "policy:\n  reviews:\n    5: aprove": "s.yaml:6: suppliers[0].policy.reviews.5: 'aprove' is not known; "
    "did you mean approve?",
    "policy: {reviews: {5: }}": "s.yaml:4: suppliers[0].policy.reviews.5: is missing; write auto, approve or skip",
    "policy: {reviews: auto}": "s.yaml:4: suppliers[0].policy.reviews: is not a mapping; write its fields as "
    "`name: value`, indented",
    "policy: {max_age_days: soon}": "s.yaml:4: suppliers[0].policy.max_age_days: 'soon' is not a number",
    "policy: {max_age_days: -1}": "s.yaml:4: suppliers[0].policy.max_age_days: must be from 1 to 3650",
    "policy: {max_age_days: .nan}": "s.yaml:4: suppliers[0].policy.max_age_days: '.nan' is not a number",
    "policy: {reopen_edited: perhaps}": "s.yaml:4: suppliers[0].policy.reopen_edited: 'perhaps' is neither true nor "
    "false",
    "polici: {}": "s.yaml:4: suppliers[0].polici: unknown field; did you mean policy?",
    "voice: {language: русский}": "s.yaml:4: suppliers[0].voice.language: 'русский' is not a language; write it like "
    "ru, kk or en-US, or leave it out",
    "voice: {templates: [{stars: 5}]}": "s.yaml:4: suppliers[0].voice.templates[0].texts: is missing; give at least "
    "one text",
    "voice: {templates: [{stars: [5, 0], texts: [a]}]}": "s.yaml:4: suppliers[0].voice.templates[0].stars[1]: stars "
    "are 1 to 5",
    "voice: {templates: [{stars: 5, texts: ['{brand}!']}]}": "s.yaml:4: suppliers[0].voice.templates[0].texts[0]: "
    "unknown slot {brand}; only {name} is filled in",
    "stop_words: брак": "s.yaml:4: suppliers[0].stop_words: is not a list; begin each of its lines with a hyphen",
    "stop_words: ['']": "s.yaml:4: suppliers[0].stop_words[0]: is missing; give it a value",
    "title: [a]": "s.yaml:4: suppliers[0].title: is not a single value",
    "title: ${NAME}": "s.yaml:4: suppliers[0].title: variable NAME is not set; set it in the environment or in .env",
    "title: a\ntitle: b": "s.yaml:5: suppliers[0].title: stands twice; the first is in line 4",
}


@pytest.mark.parametrize(("lines", "problem"), FIELDS.items(), ids=FIELDS)
def test_a_wrong_field_is_named_with_its_line(tmp_path: Path, lines: str, problem: str) -> None:
    assert problems(tmp_path, supplier_with(lines)) == [problem]


ACCOUNT = "suppliers[0].accounts[0]"
WRONG_ACCOUNTS = {
    "{key: main, platform: markt, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.platform: unknown platform 'markt'; "
    "did you mean market?",
    "{key: main, platform: zzz}": f"{ACCOUNT}.platform: unknown platform 'zzz'; known: market",
    "{key: main, platform: market}": f"{ACCOUNT}.credentials: token is missing: from the cabinet",
    "{key: main, platform: market, credentials: {tokn: '${TOKEN}', token: '${TOKEN}'}}": f"{ACCOUNT}.credentials: "
    "Market has no credential tokn; did you mean token?",
    "{key: main, platform: market, credentials: {token: '${GONE}'}}": f"{ACCOUNT}.credentials.token: variable GONE is "
    "not set; set it in the environment or in .env",
    "{key: main, platform: market, credentials: {token: '${EMPTY}'}}": f"{ACCOUNT}.credentials.token: variable EMPTY "
    "is empty; set it in the environment or in .env",
    "{key: main, platform: market, credentials: {token: }}": f"{ACCOUNT}.credentials.token: is missing; give it "
    "a value",
    "{key: Main Shop, platform: market, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.key: 'Main Shop' is not a key; "
    "use a-z, 0-9 and inner hyphens, at most 64 characters",
    "{platform: market, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.key: is missing; give it a short name like "
    "lapka",
    "{key: main, platform: market, poll_seconds: 0, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.poll_seconds: must "
    "be from 1 to 86400",
    "{key: main, platform: market, poll_seconds: 30, quiet_poll_seconds: 20, "
    "credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.quiet_poll_seconds: is shorter than poll_seconds (30); a quiet "
    "account is read more rarely",
    "{key: main, platform: market, answers_without_a_person: perhaps, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}"
    ".answers_without_a_person: 'perhaps' is neither true nor false",
    "{key: main, platform: market, base_url: market.example, credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}.base_url: "
    "is not a web address; write it like https://host/path, or leave it out",
    "{key: main, platform: market, base_url: 'http://market.example', credentials: {token: '${TOKEN}'}}": f"{ACCOUNT}"
    ".base_url: must begin with https: http would send the token in the clear",
}


@pytest.mark.parametrize(("fields", "problem"), WRONG_ACCOUNTS.items(), ids=WRONG_ACCOUNTS)
def test_a_wrong_account_is_named_with_its_line(tmp_path: Path, fields: str, problem: str) -> None:
    assert problems(tmp_path, account_with(fields), EMPTY="") == [f"s.yaml:4: {problem}"]


FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "s.yaml:1: the file is empty; see docs/suppliers.example.yaml"),
    "a list": ("- key: a", "s.yaml:1: is not a mapping; write its fields as `name: value`, indented"),
    "no suppliers": ("suppliers:\n", "s.yaml:1: suppliers: is missing; list the suppliers under it"),
    "misspelt": ("supliers: []\nsuppliers: []", "s.yaml:1: supliers: unknown field; did you mean suppliers?"),
    "a tab": ("suppliers:\n\t- key: a", "s.yaml:2: not YAML: found character '\\t' that cannot start any token"),
    "two documents": ("suppliers: []\n---\nsuppliers: []", "s.yaml:2: not YAML: but found another document"),
    "another encoding": ("suppliers: []\n# Лапка".encode("cp1251"), "s.yaml:2: not UTF-8 text; save it as UTF-8"),
    "a control character": ("suppliers: []\n#\x07", "s.yaml:2: has a control character; remove it"),
    "deep nesting": ("[" * 5000, "s.yaml: is nested too deeply"),
    "large": ("#" * 1_000_001, "s.yaml: is larger than 1,000,000 bytes; split it and apply the parts"),
    "a tag": (
        "suppliers: !!python/object/apply:os.system [date]",
        "s.yaml:1: suppliers[0]: is not a mapping; write its fields as `name: value`, indented",
    ),
    "no accounts": (
        "suppliers:\n- key: a\n",
        "s.yaml:2: suppliers[0].accounts: is missing; list at least one, or write accounts: [] for none",
    ),
    "one account key twice": (
        "suppliers:\n- key: a\n  accounts:\n"
        "  - {key: b, platform: market, credentials: {token: '${TOKEN}1'}}\n"
        "  - {key: b, platform: market, credentials: {token: '${TOKEN}2'}}",
        "s.yaml:5: suppliers[0].accounts[1]: key b is taken by suppliers[0].accounts[0]; choose another",
    ),
    "one key twice": (
        "suppliers:\n- {key: a, accounts: []}\n- {key: a, accounts: []}",
        "s.yaml:3: suppliers[1]: key a is taken by suppliers[0]; choose another",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_meant_so_is_refused(tmp_path: Path, name: str) -> None:
    content, problem = FILES[name]

    assert problem in problems(tmp_path, content)


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SuppliersFileError, match="no such file"):
        read_suppliers_file(tmp_path / "none.yaml", SPECS, {})


def test_all_problems_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(tmp_path, supplier_with("stop_words: x\npolici: {}\npolicy: {questions: maybe}"))

    assert [line.split(":")[1] for line in found] == ["4", "5", "6"]


def test_an_alias_bomb_ends_in_one_line(tmp_path: Path) -> None:
    words = f"&words [{'x, ' * 1000}]"
    suppliers = [f"- {{key: s{n}, accounts: [], stop_words: {'*words' if n else words}}}" for n in range(250)]

    found = problems(tmp_path, "suppliers:\n" + "\n".join(suppliers))

    assert [line.split(": ", 2)[2] for line in found] == [
        "the file unfolds to too many values; write it without so many aliases (*)"
    ]


def test_a_secret_in_plain_text_is_refused_and_not_repeated(tmp_path: Path) -> None:
    found = problems(tmp_path, account_with("{key: main, platform: market, credentials: {token: eyJhidden}}"))

    assert found == [
        "s.yaml:4: suppliers[0].accounts[0].credentials.token: is a secret in plain text; write ${NAME} and put NAME=… "
        "into .env, or pass --allow-plain-secrets"
    ]


def test_a_secret_in_plain_text_is_taken_when_that_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(account_with("{key: main, platform: market, credentials: {token: eyJhidden}}"))

    (supplier,) = read_suppliers_file(file, SPECS, {}, allow_plain_secrets=True)

    assert supplier.accounts[0].credentials == {"token": "eyJhidden"}


@pytest.mark.parametrize(
    "credentials", ["eyJhidden-secret", "[eyJhidden-secret]", "{eyJhidden-secret-of-more-than-forty-letters: x}"]
)
def test_misplaced_secrets_are_not_repeated(tmp_path: Path, credentials: str) -> None:
    found = problems(tmp_path, account_with(f"{{key: main, platform: market, credentials: {credentials}}}"))

    assert found
    assert "hidden" not in "".join(found)


def test_one_login_for_two_accounts_is_refused_across_suppliers(tmp_path: Path) -> None:
    found = problems(tmp_path, f"suppliers:\n- key: one\n{ACCOUNTS}\n- key: two\n{ACCOUNTS}\n")

    assert found == [
        "s.yaml:4: suppliers[1]: accounts[0] has the same credentials as suppliers[0].accounts[0]; "
        "customers would be answered twice"
    ]
