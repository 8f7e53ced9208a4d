"""The HTML of the cabinet: plain pages without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from feedback_service.platforms.yandex_market.replica import render, sections
from feedback_service.platforms.yandex_market.replica.business import Business
from feedback_service.platforms.yandex_market.replica.forms import DELETE, EDIT, REPLY, Form, Rejected
from feedback_service.platforms.yandex_market.replica.items import (
    BANNED,
    DELETED,
    PUBLISHED,
    UNMODERATED,
    Comment,
    Item,
)
from feedback_service.platforms.yandex_market.replica.sections import QUESTIONS, REVIEWS, ListView
from feedback_service.platforms.yandex_market.replica.shelf import PLATFORM

MOUNT = PLATFORM
_STATUSES = {
    PUBLISHED: "Опубликован",
    UNMODERATED: "На проверке",
    BANNED: "Отклонён",
    DELETED: "Удалён",
}
_STYLE = (
    "body{font:16px/1.4 sans-serif;margin:0 auto;max-width:60rem;padding:1rem}"
    "article,.item-comment{border:1px solid #ccc;border-radius:.5rem;margin:1rem 0;padding:1rem}"
    ".text,.advantages,.disadvantages,.comment{white-space:pre-wrap}"
    "textarea{box-sizing:border-box;display:block;font:inherit;min-height:6rem;width:100%}"
    ".form-error{color:#b00}nav a{margin-right:1rem}"
)


@dataclass(frozen=True, slots=True)
class ItemView:
    """One review or question with its thread; `rejected` is the form that came back."""

    business: Business
    item: Item
    at: float
    seal: str
    rejected: Rejected | None = None


def problem(message: str) -> str:
    """A page that says why there is no page."""
    return _page("Ошибка", f'<main data-view="problem"><h1 class="problem">{escape(message)}</h1></main>')


def listed(business: Business, view: ListView, at: float) -> str:
    """A page of reviews or questions."""
    name, shelf = view.section.name, business.shelf
    cards = "".join(
        _card(one, _of_list(one, _own_standing(shelf.thread(one.id)), name, at), sections.waits(shelf, one, at))
        for one in view.items
    )
    attributes = (
        f'data-view="{name}" data-status="{view.status}" data-page="{view.number}" '
        f'data-pages="{view.pages}" data-total="{view.total}"'
    )
    tabs = "".join(
        f'<a class="tab" data-status="{status}" href="{name}?status={status}">{title}</a>'
        for status, title in ((sections.WAITING, "Ждут ответа"), (sections.ALL, "Все"))
    )
    body = f"<h1>{view.section.title}</h1><nav>{tabs}</nav>{cards}{_pager(view)}"
    return _page(view.section.title, f"{_head(business, '')}<main {attributes}>{body}</main>")


def one(view: ItemView) -> str:
    """A review or a question with its comments, the reply form and the forms of own comments."""
    item, section = view.item, QUESTIONS if view.item.is_question else REVIEWS
    thread = view.business.shelf.thread(item.id)
    comments = "".join(_comment(each, view) for each in thread)
    waiting = sections.waits(view.business.shelf, item, view.at)
    body = (
        f'<a class="back" href="../{section.name}?status=all">К списку</a>'
        f"{_card(item, '', waiting)}"
        f'<section class="thread" data-count="{len(thread)}">{comments}</section>'
        f"{_text_form(view, REPLY, Form(action=REPLY), 'Ответить')}"
    )
    attributes = f'data-view="{section.name[:-1]}" data-id="{item.id}"'
    return _page(section.title, f"{_head(view.business, '../')}<main {attributes}>{body}</main>")


def _card(item: Item, more: str, waiting: bool) -> str:
    kind, customer = "question" if item.is_question else "review", item.customer
    attributes = [
        f'class="{kind}" data-id="{item.id}" data-created-at="{render.moment(item.created_at)}"',
        f'data-offer-id="{render.offer_id(customer)}" data-need-reaction="{str(waiting).lower()}"',
    ]
    if not item.is_question:
        attributes.append(f'data-rating="{render.stars(item)}"')
    photos = f'<p class="photos" data-count="{customer.photos}">Фото: {customer.photos}</p>' if customer.photos else ""
    texts = (
        ("author", customer.author),
        ("advantages", customer.pros),
        ("disadvantages", customer.cons),
        ("text" if item.is_question else "comment", customer.text),
    )
    product = f'<h2 class="product">{escape(render.product_name(customer))}</h2>'
    return f"<article {' '.join(attributes)}>{product}{_paragraphs(texts)}{photos}{more}</article>"


def _of_list(item: Item, own: Comment | None, section: str, at: float) -> str:
    """What a card of the list has besides: our comment as it stands, and the way to the item."""
    link = f'<a class="open" href="{section}/{item.id}">Открыть</a>'
    if own is None:
        return link
    return f'<div class="own-comment" {_state(own, at)}>{_paragraphs([("text", own.text)])}</div>{link}'


def _comment(each: Comment, view: ItemView) -> str:
    parent = "" if each.parent is None else f' data-parent-id="{each.parent}"'
    attributes = f'class="item-comment" data-author="{each.kind}"{parent} {_state(each, view.at)}'
    label = f'<p class="status">{_STATUSES[each.status(view.at)]}</p>' if each.own else ""
    target = str(each.id)
    if each.own:
        forms = _text_form(view, EDIT, Form(action=EDIT, comment=target, text=each.text), "Сохранить")
        forms += _form(view, Form(action=DELETE, comment=target), '<button type="submit">Удалить</button>')
    else:
        forms = _text_form(view, "reply-to-comment", Form(action=REPLY, comment=target), "Ответить на комментарий")
    said = _paragraphs((("name", each.author), ("text", each.text)))
    return f"<div {attributes}>{said}{label}{forms}</div>"


def _text_form(view: ItemView, name: str, form: Form, button: str) -> str:
    rejected, error = view.rejected, ""
    if rejected is not None and (rejected.form.action, rejected.form.comment) == (form.action, form.comment):
        error = f'<p class="form-error" role="alert">{escape(str(rejected))}</p>'
        form = rejected.form
    # The line break after the tag is the one that browsers drop.
    area = f'<textarea name="text" aria-label="Текст">\n{escape(form.text)}</textarea>'
    return _form(view, form, f'{error}{area}<button type="submit">{button}</button>', name)


def _form(view: ItemView, form: Form, inner: str, name: str = DELETE) -> str:
    hidden = (("csrf", view.seal), ("action", form.action), ("comment_id", form.comment))
    fields = "".join(f'<input type="hidden" name="{field}" value="{escape(value)}">' for field, value in hidden)
    return f'<form class="{name}" method="post" action="{view.item.id}" novalidate>{fields}{inner}</form>'


def _state(own: Comment, at: float) -> str:
    status = own.status(at)
    reason = f' data-reason="{escape(own.moderation.reason)}"' if status == BANNED else ""
    return f'data-id="{own.id}" data-status="{status}" data-created-at="{render.moment(own.created_at)}"{reason}'


def _own_standing(thread: list[Comment]) -> Comment | None:
    return next((each for each in reversed(thread) if each.own), None)


def _paragraphs(texts: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<p class="{name}">{escape(text)}</p>' for name, text in texts if text)


def _pager(view: ListView) -> str:
    def link(relation: str, number: int, title: str) -> str:
        return f'<a rel="{relation}" href="{view.section.name}?status={view.status}&amp;page={number}">{title}</a>'

    before = link("prev", view.number - 1, "Назад") if view.number > 1 else ""
    after = link("next", view.number + 1, "Дальше") if view.number < view.pages else ""
    return f'<nav class="pager">{before}{after}</nav>'


def _head(business: Business, up: str) -> str:
    links = "".join(
        f'<a class="section" href="{up}{one.name}?status={sections.WAITING}">{one.title}</a>'
        for one in (REVIEWS, QUESTIONS)
    )
    name = escape(business.options.name)
    return f'<header data-business-id="{business.id}"><b class="business-name">{name}</b><nav>{links}</nav></header>'


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>{escape(title)} — кабинет продавца</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )
