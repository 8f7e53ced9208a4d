"""The HTML of the representative's pages: no scripts, nothing from elsewhere. All of it is invented."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from feedback_service.platforms.flamp.replica.account import Account
from feedback_service.platforms.flamp.replica.dates import written
from feedback_service.platforms.flamp.replica.forms import DELETE, REPLY, Filled
from feedback_service.platforms.flamp.replica.items import FLAMP, Answer, Review
from feedback_service.platforms.flamp.replica.shelf import PLATFORM

ROOT = f"/{PLATFORM}/cabinet"
_STYLE = (
    "body{font:16px/1.5 sans-serif;margin:2rem auto;max-width:50rem}"
    ".review,.official-answer{border-left:4px solid #b7d433;margin:1rem 0;padding:.5rem 1rem}"
    ".text{white-space:pre-wrap}.form-error{color:#c22}"
    "textarea{box-sizing:border-box;font:inherit;min-height:7rem;width:100%}"
)
_MARKS = {"moderating": "на модерации", "rejected": "отклонён"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of a company's reviews; `number` counts from 1."""

    filial: str
    reviews: Sequence[Review]
    number: int
    last: int


@dataclass(frozen=True, slots=True)
class Scene:
    """One review as its page shows it. `may_answer`: the company is theirs who look; `complaint` is of `form`."""

    account: Account
    review: Review
    at: float
    csrf: str
    may_answer: bool
    complaint: str
    form: Filled


def problem(message: str) -> str:
    """A page that says why there is no other."""
    return _page("problem", "", f'<h1 class="problem">{escape(message)}</h1>')


def too_often(seconds: int) -> str:
    """A page that says when to come again."""
    words = f"Слишком часто, попробуйте через {seconds} секунд"
    return _page("too-often", f'data-seconds="{seconds}"', f'<h1 class="problem">{words}</h1>')


def signed_out() -> str:
    """The page of somebody whose session has ended."""
    form = (
        f'<form id="sign-in" method="get" action="{ROOT}"><h1>Вход на Фламп</h1><p>Сессия закончилась.</p>'
        '<button type="submit">Войти</button></form>'
    )
    return _page("sign-in", "", form)


def companies(account: Account, filials: Sequence[str]) -> str:
    """The filials whose representative looks."""
    links = "".join(
        f'<li><a class="company" data-id="{one}" href="{ROOT}/firm/{one}">{escape(account.name)}, {one}</a></li>'
        for one in filials
    )
    return _page("companies", f'data-count="{len(filials)}"', f"<h1>Мои компании</h1><ul>{links}</ul>")


def company(account: Account, leaf: Leaf, at: float, *, may_answer: bool) -> str:
    """The reviews of a filial."""
    address = f"{ROOT}/firm/{leaf.filial}"
    cards = "".join(_card(one, at, link=True) for one in leaf.reviews)
    more = f'<a rel="next" href="{address}?page={leaf.number + 1}">Дальше</a>' if leaf.number < leaf.last else ""
    claim = "" if may_answer else _claim(leaf.filial)
    attributes = f'data-id="{leaf.filial}" data-page="{leaf.number}" data-pages="{leaf.last}"'
    return _page("company", attributes, f"<h1>{escape(account.name)}</h1>{claim}{cards}<nav>{more}</nav>")


def review(scene: Scene) -> str:
    """One review with its answers and the forms."""
    one = scene.review
    foreign = f'<p class="elsewhere">Отзыв с другого сайта: {one.provider}</p>' if one.provider != FLAMP else ""
    forms = scene.may_answer and not foreign
    reply = _reply(scene) if forms else foreign or _claim(one.filial)
    answers = "".join(_answer(scene, each, forms=forms) for each in one.answers)
    stray = scene.complaint and scene.form.action != REPLY
    above = f'<p class="form-error" role="alert">{escape(scene.complaint)}</p>' if stray else ""
    body = (
        f'<a class="back" href="{ROOT}/firm/{one.filial}">Все отзывы</a>{_card(one, scene.at, link=False)}{above}'
        f'<section class="answers" data-count="{len(one.answers)}">{answers}</section>{reply}'
    )
    return _page("review", f'data-id="{one.id}" data-filial="{one.filial}"', body)


def _card(one: Review, at: float, *, link: bool) -> str:
    latest = one.latest()
    state = latest.state(at) if latest else "none"
    attributes = (
        f'data-id="{one.id}" data-rating="{one.rating}" data-provider="{one.provider}" data-answer="{state}" '
        f'data-created-at="{written(one.customer.created_at, one.filial)}"'
    )
    mark = f'<p class="mark">{_MARKS[state]}</p>' if link and state in _MARKS else ""
    opened = f'<a class="open" href="{ROOT}/r/{one.item}">Открыть</a>' if link else ""
    edited = '<p class="edited">отредактирован</p>' if one.edited else ""
    said = f'<p class="author">{escape(one.customer.author)}</p><p class="text">{escape(one.text)}</p>'
    return f'<article class="review" {attributes}>{said}{edited}{mark}{opened}</article>'


def _answer(scene: Scene, each: Answer, *, forms: bool) -> str:
    state, sent = each.state(scene.at), written(each.sent_at, scene.review.filial)
    reason = f"{_MARKS['rejected']}: {each.moderation.reason}" if state == "rejected" else _MARKS.get(state, "")
    mark = f'<p class="mark">{escape(reason)}</p>' if reason else ""
    delete = ""
    if forms:
        hidden = f'<input type="hidden" name="answer_id" value="{each.id}">'
        delete = _form(scene, DELETE, f'{hidden}<button type="submit">Удалить ответ</button>')
    return (
        f'<div class="official-answer" data-id="{each.id}" data-state="{state}" data-created-at="{sent}">'
        f'<b>{escape(scene.account.name)}</b>{mark}<p class="text">{escape(each.text)}</p>{delete}</div>'
    )


def _reply(scene: Scene) -> str:
    came_back = scene.form.action == REPLY and scene.complaint
    error = f'<p class="form-error" role="alert">{escape(scene.complaint)}</p>' if came_back else ""
    text = escape(scene.form.text) if came_back else ""
    # A browser drops the line break after the tag, and would drop one of the text's own.
    area = f'<textarea name="text" aria-label="Официальный ответ">\n{text}</textarea>'
    return _form(scene, REPLY, f'{error}{area}<button type="submit">Ответить официально</button>')


def _form(scene: Scene, action: str, inner: str) -> str:
    hidden = (("csrf", scene.csrf), ("action", action))
    fields = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in hidden)
    return f'<form class="{action}" method="post" action="{ROOT}/r/{scene.review.item}">{fields}{inner}</form>'


def _claim(filial: str) -> str:
    return f'<p class="claim" data-filial="{filial}">Это моя компания</p>'


def _page(view: str, attributes: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
        f"<title>Фламп</title><style>{_STYLE}</style></head>"
        f'<body><main data-view="{view}" {attributes}>{body}</main></body></html>'
    )
