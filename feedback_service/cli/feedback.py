"""`feedback-service feedback`: look at reviews and questions, and decide over their answers."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_service.cli import editor, filters, render, story
from feedback_service.cli.errors import lines_of, say
from feedback_service.cli.invocation import Invocation, who_asks
from feedback_service.domain.errors import LostRace, NotAllowed
from feedback_service.domain.feedback import FeedbackStatus, Item, Kind
from feedback_service.domain.identity import AccountKey, FeedbackId, PlatformKey, SupplierKey
from feedback_service.ports.roster import ExitCode
from feedback_service.ports.views import Filter, Listed, Story

if TYPE_CHECKING:
    from feedback_service.operations.operate import Operations
    from feedback_service.storage import Database

app = typer.Typer(no_args_is_help=True, help="Look at reviews and questions, and decide over their answers.")
Ids = Annotated[list[int], typer.Argument(min=1, metavar="ID…", help="Numbers, as `list` shows them.")]
Id = Annotated[int, typer.Argument(min=1, metavar="ID", help="The number, as `list` shows it.")]
Who = Annotated[str | None, typer.Option("--as", help="Whose deed the history keeps; else the system's user.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Deed = Callable[["Operations", FeedbackId], Awaitable[str]]

COLUMNS = (
    render.Column("id", right=True, style="bold"),
    render.Column("status"),
    render.Column("stars"),
    render.Column("account"),
    render.Column("written"),
    render.Column("customer", 60),
    render.Column("answer", 60),
    render.Column("note", 40),
)


@app.command("list")
def list_(
    ctx: typer.Context,
    supplier: Annotated[str | None, typer.Option(help="Of this supplier only.")] = None,
    account: Annotated[str | None, typer.Option(help="Of the accounts of this key only.")] = None,
    platform: Annotated[str | None, typer.Option(help="Of this platform only.")] = None,
    status: Annotated[list[FeedbackStatus] | None, typer.Option(help="In this state; may be repeated.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Reviews or questions.")] = None,
    stars: Annotated[str | None, typer.Option(help="Reviews with so many stars: 4, or 1-3.")] = None,
    text: Annotated[str, typer.Option(help="With this in the customer's words, name, or the draft.")] = "",
    since: Annotated[str | None, typer.Option(help="Written since: 2026-01-31, or 7d for days, 12h for hours.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List feedback, newest first.

    Example: `feedback-service feedback list --status held --stars 1-2 --since 7d`
    """
    least, most = filters.stars(stars)
    wanted = Filter(
        supplier=SupplierKey(supplier) if supplier else None,
        account=AccountKey(account) if account else None,
        platform=PlatformKey(platform) if platform else None,
        statuses=frozenset(status or ()),
        kind=kind,
        rating_from=least,
        rating_to=most,
        text=text,
        since=filters.moment(since),
        limit=limit,
    )

    async def work(db: Database) -> tuple[Sequence[Listed], int]:
        return await db.views.list(wanted), await db.views.count(wanted)

    found, count = ctx.obj.with_database(work)
    if as_json:
        render.as_json([story.listed_json(one) for one in found])
        return
    render.table(COLUMNS, [_row(one) for one in found])
    if count > len(found):
        say(f"{len(found)} of {count}; see more with --limit")


@app.command()
def show(ctx: typer.Context, id_: Id, as_json: AsJson = False) -> None:
    """Show an item's whole history: words, drafts, deliveries, every change with its reason, and the cost.

    Example: `feedback-service feedback show 12`
    """
    told, prior = ctx.obj.with_database(lambda db: _tell(db, FeedbackId(id_)))
    if as_json:
        render.as_json(story.story_json(told, prior))
        return
    for line in story.lines(told, prior):
        render.line(line)


@app.command()
def approve(ctx: typer.Context, ids: Ids, who: Who = None) -> None:
    """Let the proposed answers go out as they stand.

    Example: `feedback-service feedback approve 12 13 14`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.approve(id_))


@app.command()
def edit(
    ctx: typer.Context,
    id_: Id,
    text: Annotated[str | None, typer.Option(help="The new text.")] = None,
    file: Annotated[Path | None, typer.Option(help="A file with the new text; - for standard input.")] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Let it go out at once.")] = False,
    who: Who = None,
) -> None:
    """Reword the answer; one that is published already is corrected on the platform. Without a text, opens $EDITOR.

    Example: `feedback-service feedback edit 12 --text "Спасибо, что написали!" --approve`
    """
    invocation: Invocation = ctx.obj
    wording = _wording(invocation, FeedbackId(id_), text, file)
    _each(invocation, [id_], who, lambda operations, one: operations.edit(one, wording, approve=approve))


@app.command()
def hold(ctx: typer.Context, ids: Ids, who: Who = None) -> None:
    """Stop the items before anything is sent; a person decides later.

    Example: `feedback-service feedback hold 12`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.hold(id_))


@app.command()
def redraft(
    ctx: typer.Context,
    ids: Ids,
    hint: Annotated[str, typer.Option(help="What the next draft should do better.")] = "",
    who: Who = None,
) -> None:
    """Ask for another draft.

    Example: `feedback-service feedback redraft 12 --hint "не предлагать замену"`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.redraft(id_, hint))


@app.command()
def withdraw(ctx: typer.Context, ids: Ids, who: Who = None) -> None:
    """Take approved answers back before they are sent (they are held then); what is held stays unanswered for good.

    Example: `feedback-service feedback withdraw 12`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.withdraw(id_))


@app.command()
def resend(ctx: typer.Context, ids: Ids, who: Who = None) -> None:
    """Send the last text again, after it was refused or did not show; the platform is re-read first.

    Example: `feedback-service feedback resend 12`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.resend(id_))


@app.command()
def retract(
    ctx: typer.Context,
    ids: Ids,
    because: Annotated[str, typer.Option(help="Why; the history keeps it.")] = "",
    who: Who = None,
) -> None:
    """Take published answers off the platform again, where it allows that; of a correction, restore the text before.

    Example: `feedback-service feedback retract 12 --because "wrong product"`
    """
    _each(ctx.obj, ids, who, lambda operations, id_: operations.retract(id_, because))


def _row(listed: Listed) -> list[str]:
    feedback = listed.feedback
    item = feedback.item
    answer = feedback.draft.text if feedback.draft else item.answer.text if item.answer else ""
    account = f"{feedback.supplier}/{listed.account}"
    stars = story.stars(item) or str(item.kind)
    written = story.when(item.created_at)[:16]
    return [str(feedback.id), feedback.status, stars, account, written, story.words(item), answer, feedback.note]


async def _tell(db: Database, id_: FeedbackId) -> tuple[Story, Sequence[Item]]:
    told = await _story(db, id_)
    whole = await db.for_supplier(told.listed.feedback.supplier, None).feedback.get(id_)
    return told, whole.prior if whole else ()


async def _story(db: Database, id_: FeedbackId) -> Story:
    found = await db.views.story(id_)
    if found is None:
        raise NotAllowed(f"there is no feedback {id_}; see them with: feedback-service feedback list")
    return found


def _each(invocation: Invocation, ids: Sequence[int], who: str | None, deed: Deed) -> None:
    """Do the same to each item and print what became of it; one that fails does not stop the others."""
    from feedback_service import bootstrap

    async def work(db: Database) -> int:
        failed = 0
        for id_ in map(FeedbackId, dict.fromkeys(ids)):
            try:
                feedback = (await _story(db, id_)).listed.feedback
                operations = await bootstrap.operations(db, feedback.supplier, feedback.platform, who_asks(who))
                render.line(await deed(operations, id_))
            except (NotAllowed, LostRace) as problem:
                failed += 1
                say(f"error: {lines_of(problem)[0]}")
        return failed

    if invocation.with_database(work):
        raise typer.Exit(ExitCode.FAILED)


def _wording(invocation: Invocation, id_: FeedbackId, text: str | None, file: Path | None) -> str:
    if text is not None and file is not None:
        raise typer.BadParameter("give either --text or --file")
    if text is not None:
        return text
    if file is not None:
        return _text_of(file)
    if not editor.can_edit():
        raise typer.BadParameter("give the new text by --text or --file")
    told, prior = invocation.with_database(lambda db: _tell(db, id_))
    draft = told.listed.feedback.draft
    before = draft.text if draft else ""
    after = editor.edited(before, "\n".join(story.lines(told, prior)))
    if after in ("", before.strip()):
        raise NotAllowed("the text was not changed; nothing is done")
    return after


def _text_of(file: Path) -> str:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise typer.BadParameter(f"{file}: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file}: not UTF-8 text") from None
    return text.strip()
