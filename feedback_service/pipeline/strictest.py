"""Makes one table of several ways' tables, for an account whose answers may leave by any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.length import TextLimit
from feedback_service.domain.redelivery import Redelivery, nth_wait
from feedback_service.ports.platform import PlatformSpec


def strictest(declared: PlatformSpec, others: Sequence[PlatformSpec]) -> PlatformSpec:
    """What is safe by every way: the smallest batches and texts, the longest windows and waits.

    Everything else is the declared way's: which stages an account has is settled by it when its worker starts.
    """
    every = [declared, *others]
    windows = [one.edit_window for one in every]
    return replace(
        declared,
        batch=min(one.batch for one in every),
        send_window=max(one.send_window for one in every),
        edit_window=None if None in windows else min(one for one in windows if one is not None),
        edits=min((one.edits for one in every if one.edits), default=0),
        reply_limits={kind: _narrowest(kind, every) for kind in declared.reply_limits},
        redelivery=_most_patient([one.redelivery for one in every]),
    )


def _most_patient(rules: Sequence[Redelivery]) -> Redelivery:
    return Redelivery(
        delays=_longest([one.delays for one in rules]),
        attempts=min(one.attempts for one in rules),
        settle=_longest([one.settle for one in rules]),
        confirm=_longest([one.confirm for one in rules]),
        give_up=max(one.give_up for one in rules),
        doubt_ends_with_a_person=any(one.doubt_ends_with_a_person for one in rules),
    )


def _longest(waits: Sequence[tuple[timedelta, ...]]) -> tuple[timedelta, ...]:
    """The longest of the first waits, of the second …; the last wait of a shorter row repeats."""
    return tuple(max(nth_wait(one, index) for one in waits) for index in range(max(map(len, waits))))


def _narrowest(kind: Kind, specs: Sequence[PlatformSpec]) -> TextLimit:
    """Limits in another unit than the declared way's cannot be compared, and do not count."""
    limits: Sequence[Mapping[Kind, TextLimit]] = [one.reply_limits for one in specs]
    first = limits[0][kind]
    same = [one[kind] for one in limits if kind in one and one[kind].unit is first.unit]
    return TextLimit(max(one.minimum for one in same), min(one.maximum for one in same), first.unit)
