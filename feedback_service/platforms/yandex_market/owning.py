"""Tells our answer from a colleague's where no id does: by its words only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from feedback_service.domain.confirmation import same_text
from feedback_service.domain.dispatch import Action, Dispatch
from feedback_service.domain.errors import Refused
from feedback_service.domain.feedback import AnswerState

T = TypeVar("T")

NOT_OURS = "an answer of the seller's stands there that reads otherwise: if it is ours, change it there by hand"


def ours_among(
    own: Sequence[T], dispatch: Dispatch, text: str, told: Callable[[T], tuple[str, AnswerState]]
) -> Sequence[T]:
    """Those of the seller's answers that read like `text`; `told` gives an answer's words and state.

    None where no other stands either, or only what an edit that was taken back left. Raises Refused where one does: it
    may be a person's.
    """
    ours = [one for one in own if same_text(told(one)[0], text)]
    if not ours and any(_is_another(dispatch, *told(one)) for one in own):
        raise Refused(NOT_OURS)
    return ours


def _is_another(dispatch: Dispatch, text: str, state: AnswerState) -> bool:
    put_back = dispatch.action is Action.EDIT and same_text(text, dispatch.previous_text)
    return state is not AnswerState.REJECTED and not put_back
