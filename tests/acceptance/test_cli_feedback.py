"""A person's work over real items: find them, read their story, decide, and see the decision reach the customer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commanding import Ended
from tests.support.marketplace import Marketplace, open_marketplace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("cli feedback")]
ENOUGH = 12
"""Items for all tests of this file that need one of their own."""
CONTROL = "Пришло не то\x1b[31m красное [bold]"


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory, blank_cluster: Path) -> Iterator[Marketplace]:
    with open_marketplace(tmp_path_factory.mktemp("feedback"), blank_cluster) as opened:
        opened.open()
        assert opened.desk.run("suppliers", "apply", "suppliers.yaml").code == 0
        yield opened


@pytest.fixture(scope="module")
def waiting(market: Marketplace) -> Iterator[tuple[str, str]]:
    """Items that wait for a person, collected by one pass: their numbers at ours, and their ids on the platform."""
    items = [market.customer("Порвалось на второй день", 1) for _ in range(ENOUGH)]
    one_pass(market)
    numbers = {one["item"]["item_id"]: str(one["id"]) for one in listed(market)}
    return iter([(numbers[item], item) for item in items])


@pytest.fixture
def held(waiting: Iterator[tuple[str, str]]) -> tuple[str, str]:
    """An item that no other test touches: its number at ours, and its id on the platform."""
    return next(waiting)


def one_pass(market: Marketplace) -> None:
    ended = market.desk.run("run", "--once")
    assert ended.code == 0, ended.err


def act(market: Marketplace, *words: str) -> Ended:
    return market.desk.run("feedback", *words)


def listed(market: Marketplace, *words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(act(market, "list", "--json", "--limit", "500", *words).out)
    return found


def story(market: Marketplace, number: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(act(market, "show", number, "--json").out)
    return told


def test_an_approved_answer_reaches_the_customer_once_with_the_name_of_who_approved(
    market: Marketplace, held: tuple[str, str]
) -> None:
    number, item = held

    approved = act(market, "approve", number, "--as", "Ольга")
    one_pass(market)
    one_pass(market)

    assert (approved.code, approved.out) == (0, f"feedback {number} is approved and will be sent\n")
    assert market.seen(item)["answers"] == 1
    assert "Ольга" in [step["who"] for step in story(market, number)["history"]]


def test_a_person_s_own_words_are_what_the_customer_reads(market: Marketplace, held: tuple[str, str]) -> None:
    number, item = held

    act(market, "edit", number, "--text", "Нам очень жаль, заменим без вопросов.", "--approve")
    one_pass(market)

    assert market.seen(item)["visible"] == "Нам очень жаль, заменим без вопросов."


def test_a_text_may_come_from_standard_input(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held

    ended = market.desk.run("feedback", "edit", number, "--file", "-", stdin="Спасибо, разберёмся!\n")

    assert ended.code == 0
    assert story(market, number)["draft"] == {"text": "Спасибо, разберёмся!", "origin": "person", "usage": None}


def test_on_a_terminal_the_editor_opens_with_the_draft(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held
    script = market.desk.write("editor.sh", '#!/bin/sh\nsed -i "1s/^/Добрый день! /" "$1"\n')
    script.chmod(0o755)
    before = story(market, number)["draft"]["text"]

    ended = market.desk.at_terminal("feedback", "edit", number, EDITOR=str(script))

    assert ended.code == 0, ended.out
    assert story(market, number)["draft"]["text"] == f"Добрый день! {before}"


def test_without_a_terminal_a_text_must_be_given(market: Marketplace) -> None:
    assert act(market, "edit", "1").code == 2


def test_a_text_that_breaks_the_rules_is_refused_with_the_reason(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held

    ended = act(market, "edit", number, "--text", "Пишите на shop@example.com", "--approve")

    assert ended.code == 1
    assert ended.err.startswith("error: this text breaks the rules: ")
    assert ended.err.count("\n") == 1


def test_one_item_that_cannot_be_approved_does_not_stop_the_others(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held

    ended = act(market, "approve", "999999", number)

    assert ended.code == 1
    assert ended.out == f"feedback {number} is approved and will be sent\n"
    assert ended.err == "error: there is no feedback 999999; see them with: feedback-service feedback list\n"


def test_an_answer_taken_back_in_time_is_not_sent(market: Marketplace, held: tuple[str, str]) -> None:
    number, item = held
    act(market, "approve", number)

    taken = act(market, "hold", number)
    one_pass(market)

    assert (taken.code, taken.out) == (0, f"the answer to feedback {number} is taken back; it is held now\n")
    assert market.seen(item)["answers"] == 0


def test_an_item_that_is_withdrawn_stays_unanswered(market: Marketplace, held: tuple[str, str]) -> None:
    number, item = held

    act(market, "withdraw", number)
    one_pass(market)

    assert story(market, number)["status"] == "skipped"
    assert market.seen(item)["answers"] == 0


def test_a_redraft_is_written_with_the_hint_and_waits_again(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held

    act(market, "redraft", number, "--hint", "короче")
    one_pass(market)

    told = story(market, number)
    assert told["status"] == "held"
    assert "короче" in [step["because"] for step in told["history"]]


def test_what_was_never_sent_cannot_be_sent_again(market: Marketplace, held: tuple[str, str]) -> None:
    number, _ = held

    ended = act(market, "resend", number)

    assert (ended.code, ended.err) == (
        1,
        f"error: feedback {number} was never sent; let it go with: approve {number}\n",
    )


def test_a_published_answer_is_corrected_on_the_platform(market: Marketplace, held: tuple[str, str]) -> None:
    number, item = held
    act(market, "approve", number)
    one_pass(market)
    one_pass(market)

    ended = act(market, "edit", number, "--text", "Исправлено: заменим бесплатно.")
    one_pass(market)

    assert ended.code == 0, ended.err
    assert market.seen(item)["visible"] == "Исправлено: заменим бесплатно."
    assert market.seen(item)["answers"] == 1


def test_lists_are_filtered(market: Marketplace) -> None:
    market.customer("Чудесная кружка, спасибо", 5)
    market.customer("А чашка моется в машине?", None)
    one_pass(market)

    assert {one["item"]["rating"] for one in listed(market, "--stars", "4-5")} == {5}
    assert {one["item"]["kind"] for one in listed(market, "--kind", "question")} == {"question"}
    assert [one["item"]["text"] for one in listed(market, "--text", "ЧУДЕСНАЯ")] == ["Чудесная кружка, спасибо"]
    assert {one["status"] for one in listed(market, "--status", "held", "--status", "skipped")} <= {"held", "skipped"}
    assert listed(market, "--supplier", "nobody") == []
    assert listed(market, "--since", "7d")
    assert listed(market, "--since", "2999-01-01") == []


@pytest.mark.usefixtures("waiting")
def test_a_list_in_a_pipe_is_lines_of_cells(market: Marketplace) -> None:
    market.customer("Первая строка\nвторая\tс табуляцией", 1)
    one_pass(market)

    ended = act(market, "list", "--stars", "1", "--limit", "1")

    header, row = ended.lines
    assert header.split("\t") == ["id", "status", "stars", "account", "written", "customer", "answer", "note"]
    assert row.split("\t")[1:4] == ["held", "★☆☆☆☆", "lapka/main"]
    assert row.split("\t")[5] == "Первая строка вторая с табуляцией"
    assert "more with --limit" in ended.err


def test_customers_cannot_steer_a_terminal(market: Marketplace) -> None:
    market.customer(CONTROL, 1)
    one_pass(market)
    number = str(listed(market, "--stars", "1")[0]["id"])

    shown = market.desk.at_terminal("feedback", "show", number, NO_COLOR="1")
    listed_there = market.desk.at_terminal("feedback", "list", "--stars", "1", "--limit", "1", NO_COLOR="1")

    assert r"Пришло не то\x1b[31m красное [bold]" in shown.out
    assert "\x1b[31m" not in shown.out + listed_there.out


def test_no_color_leaves_no_colour(market: Marketplace) -> None:
    coloured = market.desk.at_terminal("feedback", "list", "--limit", "1")
    plain = market.desk.at_terminal("feedback", "list", "--limit", "1", NO_COLOR="1")

    assert "\x1b[" in coloured.out
    assert "\x1b[3" not in plain.out


def test_the_story_tells_everything_in_order(market: Marketplace) -> None:
    first = market.customer("Швы ровные, но маломерит", 2, pros="Цвет", cons="Размер", author="Анна", photos=2)
    market.customer("Обновляю: после стирки села", 1, author="Анна", supplement_of=first)
    one_pass(market)
    number = next(str(one["id"]) for one in listed(market) if "после стирки" in one["item"]["text"])
    act(market, "approve", number, "--as", "Ольга")
    one_pass(market)

    shown = act(market, "show", number).out

    marks = [
        "The customer wrote",
        "Before that",
        "Cons: Размер",
        "Understood as",
        "Proposed answer",
        "Delivery",
        "History",
    ]
    places = [shown.find(mark) for mark in marks]
    assert -1 not in places
    assert places == sorted(places)
    assert "held → approved by Ольга" in shown
    assert "Cost $" in shown
    times = [line[2:21] for line in shown[shown.index("History") :].splitlines() if line.startswith("  20")]
    assert times == sorted(times)
