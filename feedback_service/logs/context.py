"""Whose work a line is about: supplier, platform, account, item and dispatch, carried by every line of a task.

An asyncio task starts with a copy of its parent's context, so what one task binds no other task sees.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, bound_contextvars, merge_contextvars

CONTEXT_FIELDS = ("supplier", "platform", "account", "item", "dispatch")

__all__ = ["CONTEXT_FIELDS", "bind", "bound", "merge_contextvars"]


def bind(*, supplier: object = None, platform: object = None, account: object = None, item: object = None) -> None:
    """Put what is given on every later line of this task (or of this process, when no task runs)."""
    bind_contextvars(**_given(supplier=supplier, platform=platform, account=account, item=item))


@contextmanager
def bound(
    *,
    supplier: object = None,
    platform: object = None,
    account: object = None,
    item: object = None,
    dispatch: object = None,
) -> Iterator[None]:
    """The same for the lines of a `with` block; what was bound before comes back after it."""
    given = _given(supplier=supplier, platform=platform, account=account, item=item, dispatch=dispatch)
    with bound_contextvars(**given):
        yield


def _given(**context: object) -> dict[str, str]:
    return {name: str(value) for name, value in context.items() if value is not None}
