"""Prices, shares, prompts and texts: the adapter's pure parts."""

from __future__ import annotations

import gc
import logging
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_service.domain.errors import Configuration
from feedback_service.domain.reply import Usage
from feedback_service.llm import OpenAIModel, warm
from feedback_service.llm.drafter import unquoted
from feedback_service.llm.instructions import NAMES, prompt, versions
from feedback_service.llm.prices import PriceList, read_prices
from feedback_service.llm.shares import shares
from feedback_service.llm.texts import fit
from feedback_service.llm.wire import read_completion
from tests.support.llm import KEY, CountingBudget, config
from tests.support.sandbox import HandClock

LINUX = sys.platform == "linux"


@given(
    st.tuples(*[st.integers(0, 10**9)] * 3),
    st.lists(st.integers(1, 10**6), min_size=1, max_size=30),
)
def test_the_shares_of_a_call_sum_up_to_the_call(totals: tuple[int, int, int], weights: list[int]) -> None:
    parts = shares(Usage("m", *totals), weights)

    assert len(parts) == len(weights)
    assert sum(part.input_tokens for part in parts) == totals[0]
    assert sum(part.output_tokens for part in parts) == totals[1]
    assert sum(part.cost_micros for part in parts) == totals[2]
    assert all(abs(p.input_tokens - totals[0] * w / sum(weights)) <= 1 for p, w in zip(parts, weights, strict=True))


def test_no_items_have_no_shares() -> None:
    assert shares(Usage("m", 1, 1, 1), []) == []


@pytest.mark.parametrize("model", ["gpt-5-mini", "gpt-5-mini-2025-08-07", "openai/gpt-5-mini", "gpt-5-mini-latest"])
def test_a_snapshot_or_a_proxys_name_of_a_model_has_the_models_price(model: str) -> None:
    assert PriceList().cost_micros(model, 1_000_000, 100_000) == 250_000 + 200_000


def test_a_setting_overrides_the_price() -> None:
    prices = PriceList(read_prices("gpt-5-mini=1/2, local = 0/0.5"))

    assert prices.cost_micros("gpt-5-mini", 10, 10) == 30
    assert prices.cost_micros("local", 10, 10) == 5


def test_an_unknown_price_is_nothing_and_said_once(caplog: pytest.LogCaptureFixture) -> None:
    prices = PriceList()

    with caplog.at_level(logging.WARNING):
        costs = [prices.cost_micros(model, 10, 10) for model in ("gpt-5-max", "gpt-5-max", "gpt-5.9")]

    assert costs == [0, 0, 0]
    assert [record.getMessage().split()[5] for record in caplog.records] == ["gpt-5-max", "gpt-5.9"]


@pytest.mark.parametrize("text", ["gpt-5-mini", "gpt-5-mini=1", "gpt-5-mini=a/b", "=1/2", "gpt-5-mini=-1/2"])
def test_prices_that_cannot_be_read_name_the_setting(text: str) -> None:
    with pytest.raises(Configuration, match="OPENAI_PRICES"):
        OpenAIModel(config(prices=text), CountingBudget(), HandClock())


@pytest.mark.parametrize("url", ["", "api.openai.com/v1", "ftp://x/v1", "http://[x/v1", "http:///v1"])
def test_an_address_that_cannot_be_right_names_the_setting(url: str) -> None:
    with pytest.raises(Configuration, match="URL_PROXY_OPENAI"):
        config(base_url=url)


@pytest.mark.parametrize("key", ["sk one", "ключ", "sk\n"])
def test_a_key_that_cannot_be_right_is_not_repeated(key: str) -> None:
    with pytest.raises(Configuration, match="OPENAI_API_KEY") as caught:
        config(api_key=key)

    assert key not in str(caught.value)


def test_the_configuration_shows_neither_key_nor_password() -> None:
    shown = config(base_url="https://ann:secret@proxy.example/v1?token=secret")

    assert KEY not in repr(shown)
    assert "secret" not in repr(shown) + shown.place
    assert shown.place == "https://proxy.example/v1"


def test_every_prompt_has_a_version_and_a_text() -> None:
    assert set(versions()) == set(NAMES)
    assert all(version.isdigit() for version in versions().values())
    assert all("<!--" not in prompt(name).text and "JSON" in prompt(name).text for name in NAMES)


def test_a_long_text_keeps_head_and_tail() -> None:
    text = fit("н" + "а" * 5000 + "к", 100)

    assert len(text) == 100
    assert text[0] == "н"
    assert text[-1] == "к"
    assert " […] " in text


def test_broken_characters_never_reach_the_prompt() -> None:
    assert fit("а\x00б\ud800в\nг\tд", 100) == "а б?в\nг\tд"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (" «Спасибо!» ", "Спасибо!"),
        ('"Спасибо!"', "Спасибо!"),
        ("«Весна» и «Лето»", "«Весна» и «Лето»"),
        ("Рады!", "Рады!"),
        ('"', '"'),
        ("", ""),
    ],
)
def test_quotes_around_the_whole_answer_are_taken_off(text: str, bare: str) -> None:
    assert unquoted(text) == bare


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", "{}", '{"choices": []}', '{"choices": [1]}', '{"choices": [{"message": null}]}', "[" * 9999],
)
def test_what_is_no_completion_is_not_taken_for_one(body: str) -> None:
    assert read_completion(body) is None


def test_missing_fields_of_a_completion_are_empty() -> None:
    found = read_completion('{"choices": [{"message": {"content": null}}], "usage": null}')

    assert found is not None
    assert (found.text, found.refusal, found.finish, found.input_tokens) == ("", "", "", 0)


def test_warming_up_leaves_nothing_behind_that_a_fork_would_break() -> None:
    threads, files = set(threading.enumerate()), len(list(Path("/proc/self/fd").iterdir())) if LINUX else 0

    warm()
    gc.collect()

    assert set(threading.enumerate()) <= threads  # those of earlier tests may end meanwhile
    assert not LINUX or len(list(Path("/proc/self/fd").iterdir())) <= files
    assert "openai.resources.chat.completions" in sys.modules
