"""The HTML of the owner's cabinet: plain pages with forms."""

from __future__ import annotations

from dataclasses import dataclass

from feedback_service.platforms.zoon.replica import dates
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.forms import Rejected
from feedback_service.platforms.zoon.replica.items import Comment, Review
from feedback_service.platforms.zoon.replica.markup import attributes, document, escaped
from feedback_service.platforms.zoon.replica.shelf import PLATFORM

ROOT = f"/{PLATFORM}/cabinet"
PAGE = 20
_STATES = {"published": "опубликован", "moderation": "на модерации", "declined": "отклонён"}
_STYLE = (
    "body{font:16px/1.4 sans-serif;margin:0 auto;max-width:60rem;padding:1rem}"
    "article,.answer{border:1px solid #ccc;border-radius:.5rem;margin:1rem 0;padding:1rem}"
    ".text{white-space:pre-wrap}.form-error{color:#b00}"
    "textarea{box-sizing:border-box;display:block;font:inherit;min-height:6rem;width:100%}"
)


@dataclass(frozen=True, slots=True)
class View:
    """An organisation as its owner sees it; `rejected` is the form that came back."""

    account: Account
    organization: Organization
    at: float
    seal: str
    rejected: Rejected | None = None


def reviews_address(organization: Organization) -> str:
    """The page of its reviews, on the server."""
    return f"{ROOT}/organizations/{organization.id}/reviews"


def organizations(account: Account) -> str:
    """The first page: all that the account owns."""
    rows = "".join(
        f'<li data-owner-id="{one.id}"><a href="{reviews_address(one)}">{escaped(one.name)}</a></li>'
        for one in account.organizations
    )
    return _page("Мои организации", f'<main data-view="organizations"><ul class="organizations">{rows}</ul></main>')


def reviews(view: View, number: int) -> str:
    """One page of the reviews, newest first."""
    every = view.account.shelf.newest_first(view.organization.id)
    pages = max(1, -(-len(every) // PAGE))
    cards = "".join(_card(view, one) for one in every[(number - 1) * PAGE : number * PAGE])
    head = attributes(
        {
            "data-view": "reviews",
            "data-owner-id": view.organization.id,
            "data-page": str(number),
            "data-pages": str(pages),
            "data-total": str(len(every)),
        }
    )
    title = f'<h1 class="organization-name">{escaped(view.organization.name)}</h1>'
    return _page("Отзывы", f"<main{head}>{title}{cards}{_pager(view, number, pages)}</main>")


def _card(view: View, review: Review) -> str:
    options, rating = view.account.options, review.customer.rating
    data_id = review.id if options.ids else None
    stars = None if rating is None else str(rating)
    head = attributes({"class": "review", "id": f"review-{review.id}", "data-id": data_id, "data-rating": stars})
    mark = f'<p class="rating">{rating}</p>' if rating is not None else ""
    said = (
        f'<p class="author">{escaped(review.customer.author)}</p>'
        f'<p class="date">{dates.of_review(review, options, view.at)}</p>{mark}'
        f'<p class="text">{escaped(review.text)}</p>'
    )
    thread = "".join(_comment(view, review, one) for one in review.comments)
    return f'<article{head}>{said}<section class="thread">{thread}</section>{_reply(view, review)}</article>'


def _comment(view: View, review: Review, comment: Comment) -> str:
    state, status, form = None, "", ""
    if comment.own:
        state = comment.state(view.at)
        reason = f": {escaped(comment.moderation.reason)}" if state == "declined" else ""
        status = f'<p class="state">{_STATES[state]}{reason}</p>'
        action = f"{reviews_address(view.organization)}/{review.id}/answers/{comment.id}/delete"
        form = _form(view, "delete", action, '<button type="submit">Удалить ответ</button>')
    head = {"class": "answer", "data-id": comment.id, "data-author": comment.author, "data-state": state}
    name, date = f'<p class="name">{escaped(comment.name)}</p>', f'<p class="date">{dates.printed(comment.sent_at)}</p>'
    return f'<div{attributes(head)}>{name}{date}<p class="text">{escaped(comment.text)}</p>{status}{form}</div>'


def _reply(view: View, review: Review) -> str:
    text, error = "", ""
    if view.rejected is not None and view.rejected.review == review.id:
        text = view.rejected.text
        error = f'<p class="form-error" role="alert">{escaped(view.rejected.message)}</p>'
    # The line break after the tag is the one that browsers drop.
    area = f'<textarea name="text" aria-label="Ответ">\n{escaped(text)}</textarea>'
    inner = f'{error}{area}<button type="submit">Ответить</button>'
    return _form(view, "reply", f"{reviews_address(view.organization)}/{review.id}/answers", inner)


def _form(view: View, name: str, action: str, inner: str) -> str:
    seal = f'<input type="hidden" name="csrf" value="{view.seal}">'
    return f'<form class="{name}" method="post" action="{action}" novalidate>{seal}{inner}</form>'


def _pager(view: View, number: int, pages: int) -> str:
    def link(relation: str, to: int, title: str) -> str:
        return f'<a rel="{relation}" href="{reviews_address(view.organization)}?page={to}">{title}</a>'

    before = link("prev", number - 1, "Назад") if number > 1 else ""
    after = link("next", number + 1, "Дальше") if number < pages else ""
    return f'<nav class="pager">{before}{after}</nav>'


def _page(title: str, main: str) -> str:
    header = f'<header><a class="home" href="{ROOT}">Мои организации</a></header>'
    return document(f"{title} — кабинет владельца", header + main, _STYLE)
