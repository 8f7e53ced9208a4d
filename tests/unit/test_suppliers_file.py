"""What suppliers.yaml turns into."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from textwrap import dedent

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import AnswerPolicy, Decision, Supplier, Voice
from feedback_service.ports.platform import CredentialField, PlatformSpec
from feedback_service.suppliers_file.reader import read_suppliers_file

MARKET = PlatformSpec(
    key=PlatformKey("market"),
    title="Market",
    base_url="https://market.example",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={},
    credentials=(CredentialField("token", "from the cabinet"), CredentialField("branch", "a branch", required=False)),
)
SPECS = {MARKET.key: MARKET}
LEAST = """
suppliers:
  - key: lapka
    accounts:
      - {key: main, platform: market, credentials: {token: "${TOKEN}"}}
"""


def read(folder: Path, text: str, **variables: str) -> tuple[Supplier, ...]:
    file = folder / "suppliers.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return read_suppliers_file(file, SPECS, {"TOKEN": "s3cret", **variables})


def test_the_least_file_takes_the_safe_defaults(tmp_path: Path) -> None:
    (supplier,) = read(tmp_path, LEAST)

    assert supplier.title == "lapka"
    assert supplier.voice == Voice()
    assert supplier.policy == AnswerPolicy()
    assert supplier.accounts[0].poll == timedelta(minutes=1)


def test_everything_that_can_be_said_is_read(tmp_path: Path) -> None:
    text = """
    suppliers:
      - key: lapka
        title: Лапка и Ко
        voice:
          tone: тепло
          signature: Команда
          instructions: Не обещай скидок.
          language: no
          templates:
            - {stars: [4, 5], texts: ["{name}, спасибо!", Благодарим!]}
            - {stars: 1, texts: [Нам жаль.]}
        policy:
          reviews: {1: skip, 5: auto}
          stars_only: auto
          questions: skip
          reopen_edited: off
          max_age_days: 30
          dismiss_skipped: yes
        stop_words: [брак, 007]
        accounts:
          - key: main
            platform: market
            base_url: http://127.0.0.1:8080/market
            poll_seconds: 5
            quiet_poll_seconds: 20
            answers_without_a_person: yes
            credentials: {token: "Bearer ${TOKEN}", branch: "${BRANCH}"}
    """

    (supplier,) = read(tmp_path, text, BRANCH="b1")

    assert (supplier.title, supplier.voice.tone, supplier.voice.language) == ("Лапка и Ко", "тепло", "no")
    assert [sorted(one.stars) for one in supplier.voice.templates] == [[4, 5], [1]]
    assert supplier.policy == AnswerPolicy(
        reviews={1: Decision.SKIP, 5: Decision.AUTO},
        stars_only=Decision.AUTO,
        questions=Decision.SKIP,
        reopen_edited=False,
        max_age=timedelta(days=30),
        dismiss_skipped=True,
    )
    assert supplier.stop_words == ("брак", "007")
    (account,) = supplier.accounts
    assert (account.key, account.base_url, account.poll.seconds) == ("main", "http://127.0.0.1:8080/market", 5)
    assert (account.quiet_poll.seconds, account.unattended) == (20, True)
    assert account.credentials == {"token": "Bearer s3cret", "branch": "b1"}


def test_a_doubled_dollar_stands_for_itself(tmp_path: Path) -> None:
    (supplier,) = read(tmp_path, LEAST.replace("key: lapka", "key: lapka\n    title: Цена $${TOKEN}"))

    assert supplier.title == "Цена ${TOKEN}"


def test_suppliers_may_share_a_voice_by_alias(tmp_path: Path) -> None:
    text = """
    suppliers:
      - {key: one, voice: &warm {tone: тепло}, accounts: []}
      - {key: two, voice: *warm, accounts: []}
    """

    first, second = read(tmp_path, text)

    assert first.voice == second.voice == Voice(tone="тепло")


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "suppliers.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())

    (supplier,) = read_suppliers_file(file, SPECS, {"TOKEN": "s3cret"})

    assert supplier.key == "lapka"


def test_credentials_do_not_show_themselves(tmp_path: Path) -> None:
    (supplier,) = read(tmp_path, LEAST)

    assert "s3cret" not in repr(supplier)
