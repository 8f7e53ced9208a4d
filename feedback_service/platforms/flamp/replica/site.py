"""The public pages of a filial: the redirects to them, the cookie with the token, the custom elements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from feedback_service.platforms.flamp.replica import imposing
from feedback_service.platforms.flamp.replica.account import STRANGER, Account
from feedback_service.platforms.flamp.replica.dates import written
from feedback_service.platforms.flamp.replica.directory import Directory
from feedback_service.platforms.flamp.replica.items import Review
from feedback_service.platforms.flamp.replica.mint import COOKIE, Mint
from feedback_service.platforms.flamp.replica.options import AccountOptions
from feedback_service.platforms.flamp.replica.shelf import PLATFORM
from feedback_service.ports.replica import ReplicaRequest, ReplicaResponse

PAGE = re.compile(r"/firm/(?:(?P<slug>[a-z0-9_]+)-)?(?P<filial>[0-9]{1,20})/?")
_HTML = {"content-type": "text/html; charset=utf-8"}
_SLUG = "kompaniya"
_SHOWN = 5
_FOREIGN = "https://elsewhere.example"


@dataclass(frozen=True, slots=True)
class Site:
    """Whoever opens a page gets the token of the web app, without signing in. Source: clients that read it there."""

    directory: Directory
    mint: Mint

    def respond(self, request: ReplicaRequest) -> ReplicaResponse:
        """One page, or the redirect to it."""
        failed = imposing.failure(request)
        if failed is not None:
            wait = {} if failed.wait is None else {"retry-after": str(failed.wait)}
            return _page(failed.status, "Попробуйте позже", wait)
        found = PAGE.fullmatch(request.path) if request.method in ("GET", "HEAD") else None
        account = self.directory.owner(found["filial"]) if found else None
        if found is None or (account is None and found["filial"] != STRANGER):
            return _page(404, "Страница не найдена", self._cookie(request, account))
        options = account.options if account else AccountOptions()
        if found["slug"]:
            cookie = self._cookie(request, account) if options.cookie_at != "redirect" else {}
            return _page(200, _company(account, found["filial"], request.at), cookie)
        cookie = self._cookie(request, account) if options.cookie_at != "page" else {}
        return ReplicaResponse(302, {"location": _next(request, options, found["filial"]), **cookie})

    def _cookie(self, request: ReplicaRequest, account: Account | None) -> Mapping[str, str]:
        lasts = (account.options if account else AccountOptions()).token_lasts
        word = self.mint.current(account.key if account else "", request.at, lasts)
        if request.imposition("expire") is not None:
            self.mint.end(word)
        return {"set-cookie": f"{COOKIE}={word}; Path=/"}


def _next(request: ReplicaRequest, options: AccountOptions, filial: str) -> str:
    """Where a redirect leads; on the real site the host is that of a city."""
    hop = request.query.get("hop", "1")
    done = int(hop) if hop in map(str, range(1, 100)) else 1
    path = f"firm/{_SLUG}-{filial}" if done >= options.hops else f"firm/{filial}/?hop={done + 1}"
    if options.elsewhere:
        return f"{_FOREIGN}/{path}"
    host = request.headers.get("host", "")
    return f"http://{host}/{PLATFORM}/{path}" if host else f"/{PLATFORM}/{path}"


def _company(account: Account | None, filial: str, at: float) -> str:
    every = account.shelf.newest_first(filial) if account else []
    rating = round(sum(one.rating for one in every) / len(every), 1) if every else 0.0
    items = "".join(_item(one, at) for one in every[:_SHOWN])
    more = '<cat-elements-button class="js-cat-elements-button--next">Ещё</cat-elements-button>'
    return (
        f'<cat-brand-cover entity-id="{filial}"><h1>{escape(account.name if account else "Соседи")}</h1>'
        f"</cat-brand-cover>"
        f'<cat-brand-filial-rating rating="{rating}"><div class="filial-rating__value">{rating}</div>'
        f"</cat-brand-filial-rating>"
        f'<div class="hg-row__side t-h3">{len(every)}</div>'
        f"<cat-layouts-ugc-list><ul>{items}</ul></cat-layouts-ugc-list>{more if len(every) > _SHOWN else ''}"
    )


def _item(one: Review, at: float) -> str:
    date, author = written(one.customer.created_at, one.filial), escape(one.customer.author)
    edited = ", отредактирован" if one.edited else ""
    text = "".join(f'<p class="t-rich-text__p">{escape(line)}</p>' for line in one.text.split("\n"))
    answers = "".join(f'<div class="official-answer">{escape(answer.text)}</div>' for answer in one.public(at))
    return (
        f'<li class="ugc-list__item js-ugc-list-item"><cat-entities-ugc-item data-id="{one.id}">'
        f'<article class="ugc-item" data-entity-id="{one.id}" itemscope itemtype="http://schema.org/Review">'
        f'<cat-brand-name name="{author}"><a class="link name t-text t-text--bold">{author}</a></cat-brand-name>'
        f'<cat-brand-ugc-date date="{date}" url="//flamp.ru/r/{one.item}">{date[:10]}{edited}</cat-brand-ugc-date>'
        f'<meta itemprop="datePublished" content="{date}"><meta itemprop="ratingValue" content="{one.rating}">'
        f'<cat-brand-review-estimation estimation="{one.rating}"></cat-brand-review-estimation>'
        f'<div itemprop="reviewBody" class="t-text t-rich-text ugc-item__text--full js-ugc-item-text-full">{text}</div>'
        f"{answers}</article></cat-entities-ugc-item></li>"
    )


def _page(status: int, body: str, headers: Mapping[str, str]) -> ReplicaResponse:
    text = (
        '<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Фламп</title></head>'
        f"<body>{body}</body></html>"
    )
    return ReplicaResponse(status, {**_HTML, **headers}, text.encode("utf-8", "replace"))
