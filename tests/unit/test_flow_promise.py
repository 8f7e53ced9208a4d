"""The promise over the whole flow: whatever happens, at most one answer each, nothing forbidden, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedback_service.domain.errors import AccountFault, Refused, Retryable
from feedback_service.domain.feedback import AnswerState
from tests.support.bazaar import FAULTS
from tests.support.fake_model import THANKS
from tests.support.market import CLASSIFY, COLLECT, CONFIRM, DRAFT, GUARD, SEND, Market, Turn

PROFILE = settings(
    max_examples=int(os.environ.get("FLOW_EXAMPLES", "100")),
    derandomize="FLOW_EXAMPLES" not in os.environ,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
"""More by `FLOW_EXAMPLES=5000 pytest --timeout 0 tests/unit/test_flow_promise.py`, which varies from run to run."""
FORBIDDEN = ("Пишите на anna@example.com", "Звоните: +7 900 123-45-67", "Спасибо, {name}!", "Всё бесплатно!", "")
GOOD = ("Спасибо! Мы передадим ваши слова мастеру.", "Благодарим за отзыв!")
OPERATIONS = ("approve", "edit", "word and approve", "hold", "redraft", "withdraw", "resend")
READING = (Retryable("HTTP 502"), Retryable("429", retry_after=3.0), AccountFault("revoked", "make a new one"))
THINKING = (*READING, Refused("the model declines"))

Happening = tuple[str, dict[str, object]]


def happening(what: str, /, **fields: st.SearchStrategy[object]) -> st.SearchStrategy[Happening]:
    return st.tuples(st.just(what), st.fixed_dictionaries(fields))


number = st.integers(0, 30)
after = st.integers(1, 40)
said = st.sampled_from((*GOOD, *FORBIDDEN))
turns = st.builds(
    Turn,
    pause=st.sampled_from([0, 1, 11, 31, 130, 700, 4000, 300_000]),
    chosen=st.lists(st.sampled_from((COLLECT, CLASSIFY, DRAFT, GUARD, SEND, SEND, CONFIRM)), min_size=1, max_size=6),
    writes=st.lists(st.sampled_from((None, *FAULTS)), max_size=4),
    seed=st.integers(0, 1000),
)
person = {"number": number, "name": st.sampled_from(OPERATIONS), "text": st.sampled_from((*GOOD, THANKS, FORBIDDEN[0]))}
in_order = happening(
    "everything_runs_in_order",
    turn=turns,
    reads=st.lists(st.sampled_from((None, None, None, *READING)), max_size=4),
    thoughts=st.lists(st.sampled_from((None, None, None, *THINKING)), max_size=4),
)
a_review = happening(
    "a_customer_reviews",
    stars=st.sampled_from((5, 4, 3, 2, 1)),
    words=st.sampled_from(("Хорошая кружка", "Ручка отвалилась", "", "яд")),
)
HAPPENINGS = st.one_of(
    a_review,
    happening("a_customer_asks"),
    happening("a_customer_thinks_again", number=number),
    happening("a_customer_takes_it_away", number=number),
    happening("the_seller_answers_on_the_platform", number=number),
    happening(
        "the_platform_changes_its_ways",
        state=st.sampled_from([AnswerState.VISIBLE, AnswerState.MODERATING]),
        lag=st.sampled_from([0, 5, 35]),
    ),
    happening(
        "the_platform_moderates",
        number=number,
        state=st.sampled_from([AnswerState.VISIBLE, AnswerState.REJECTED]),
    ),
    happening("the_model_will_write_badly", said=st.lists(said, min_size=1, max_size=3), urgent=st.booleans()),
    in_order,
    in_order,
    in_order,
    happening("stages_run_side_by_side", turn=turns),
    happening("two_processes_work_for_one_supplier", turn=turns),
    happening("the_process_dies", turn=turns, after=after),
    happening("the_process_dies", turn=turns, after=after),
    happening("the_process_is_told_to_end", turn=turns, after=after),
    happening("a_person_acts", **person),
    happening("a_person_acts", **person),
    happening("a_person_acts_while_stages_run", turn=turns, **person),
)


def lived_through(market: Market, happenings: Sequence[Happening]) -> None:
    for name, fields in happenings:
        getattr(market, name)(**fields)
        market.check()


@PROFILE
@given(backlog=st.lists(a_review, min_size=4, max_size=8), happenings=st.lists(HAPPENINGS, min_size=25, max_size=40))
def test_whatever_happens_each_customer_has_at_most_one_answer_and_none_is_lost(
    backlog: Sequence[Happening], happenings: Sequence[Happening]
):
    with closing(Market()) as market:
        lived_through(market, [*backlog, ("everything_runs_in_order", {"turn": Turn(), "reads": (), "thoughts": ()})])

        lived_through(market, happenings)
        market.come_to_rest()

        market.check()
        market.nothing_is_lost()
