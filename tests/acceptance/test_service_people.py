"""What a person decides at the command line while the daemon runs reaches the customer within seconds."""

from __future__ import annotations

import pytest

from tests.support.service import ALL_BY_HAND, Service, until

pytestmark = pytest.mark.slow


def test_every_decision_over_a_held_answer_is_carried_out_by_the_running_daemon(service: Service) -> None:
    service.supplier("lapka", ALL_BY_HAND)
    service.apply()
    deeds = ("approve", "edit", "redraft", "withdraw", "hold")
    items = dict(zip(deeds, service.backlog("lapka", len(deeds)), strict=True))

    with service.daemon():
        until("all are held", lambda: list(service.statuses().values()) == ["held"] * len(deeds))
        numbers = {one["item"]["item_id"]: str(one["id"]) for one in service.feedback()}

        def do(deed: str, *words: str) -> None:
            ended = service.run("feedback", deed, numbers[items[deed]], *words, "--as", "Ольга")
            assert ended.code == 0, ended.err

        do("approve")
        until("the approved answer is there", lambda: service.entry(items["approve"])["answers"], 10)
        do("edit", "--text", "Спасибо, передадим мастеру!", "--approve")
        until("the edited answer is there", lambda: service.entry(items["edit"])["answers"], 10)
        do("redraft", "--hint", "короче")
        do("withdraw")
        until("another draft waits", lambda: service.statuses()[items["redraft"]] == "held")
        until("the approved one is confirmed", lambda: service.statuses()[items["approve"]] == "answered")

    assert service.entry(items["edit"])["visible"] == "Спасибо, передадим мастеру!"
    assert [service.entry(items[deed])["answers"] for deed in deeds] == [1, 1, 0, 0, 0]
    assert "Ольга" in [step["who"] for step in service.story(items["approve"])["history"]]
    assert service.statuses()[items["withdraw"]] == "skipped"


def test_what_was_published_is_corrected_and_what_was_refused_is_resent(service: Service) -> None:
    service.supplier("lapka", accounts=("main", "outlet"))
    service.apply()
    service.fault("moderate", "lapka", account="outlet", count=1, options={"verdict": "reject"})
    [published], [refused] = service.backlog("lapka", 1), service.backlog("lapka", 1, account="outlet")

    with service.daemon():
        until("one is confirmed", lambda: service.statuses().get(published) == "answered")
        until("one is refused", lambda: service.statuses().get(refused) == "held")
        corrected = service.run("feedback", "edit", service.number(published), "--text", "Исправлено: спасибо!")
        resent = service.run("feedback", "resend", service.number(refused))
        assert (corrected.code, resent.code) == (0, 0), corrected.err + resent.err
        until("the correction is there", lambda: service.entry(published)["visible"] == "Исправлено: спасибо!", 15)
        until("the refused one is there", lambda: service.entry(refused)["answers"], 15)

    assert [write["effect"] for write in service.entry(published)["writes"]] == ["answer", "edit"]
    assert service.answers() == [1, 1]
