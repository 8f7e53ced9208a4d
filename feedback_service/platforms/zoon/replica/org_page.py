"""The page of one organisation with its newest reviews, described for machines by microdata."""

from __future__ import annotations

from feedback_service.platforms.zoon.replica import dates
from feedback_service.platforms.zoon.replica.items import Review
from feedback_service.platforms.zoon.replica.listing import Sight
from feedback_service.platforms.zoon.replica.markup import attributes, document, escaped, with_breaks

AT_FIRST = 20
_SCOPE = 'itemprop="review" itemscope itemtype="https://schema.org/Review"'


def rendered(sight: Sight) -> str:
    """The newest reviews; those behind "show more" are not in it."""
    reviews = sight.account.shelf.newest_first(sight.organization.id)
    items = "".join(_item(sight, one) for one in reviews[:AT_FIRST])
    more = ""
    if len(reviews) > AT_FIRST:
        more = '<div class="js-show-more-box"><span class="js-show-more button">Показать ещё</span></div>'
    body = (
        f'<h1 itemprop="name">{escaped(sight.organization.name)}</h1><div id="reviews">'
        f'<div class="reviews-top-panel"><h2 class="service-block-title">Отзывы: {len(reviews)}</h2></div>'
        f'<div class="comments-section js-reviews-module"{attributes({"data-owner-id": sight.organization.id})}>'
        f'<ul class="list-reset js-comment-list">{items}</ul>{more}</div></div>'
    )
    return document(sight.organization.name, body)


def _item(sight: Sight, review: Review) -> str:
    customer, id_ = review.customer, review.id if sight.account.options.ids else None
    head = attributes({"class": "js-comment", "data-type": "comment", "data-id": id_})
    rating = f'<span class="stars-rating-text">{customer.rating},0</span>' if customer.rating is not None else ""
    date = dates.of_review(review, sight.account.options, sight.at)
    inner = (
        f'<span class="name" itemprop="author">{escaped(customer.author)}</span>{rating}'
        f'<div class="iblock gray" itemprop="datePublished" content="{dates.iso(customer.created_at)}"> {date}</div>'
        f'<div itemprop="text"><span class="js-comment-content">{with_breaks(review.text)}</span></div>'
    )
    container = f'<div class="comment-container js-comment-container" {_SCOPE}>{inner}'
    return f"<li{head}>{container}{sight.subcomments(review)}</div></li>"
