"""The `<li>` items of the list that the page calls for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feedback_service.platforms.zoon.replica import dates, veil
from feedback_service.platforms.zoon.replica.account import Account, Organization
from feedback_service.platforms.zoon.replica.items import Comment, Review
from feedback_service.platforms.zoon.replica.markup import attributes, escaped, with_breaks

STARS = 5
_SHORT = 200
"""Characters of a text that are shown at first."""
_CYCLE, _HIDDEN = 4, 2
"""Of so many reviews in a row so many are scripted, where they are mixed."""
ODD = (
    '<li data-author="Без даты"><div class="comment-container js-comment-container"></div></li>',
    '<li data-author="Странная дата"><div class="comment-container js-comment-container"><span class="name">Странная '
    'дата</span><span class="iblock gray"> 31 февраля в 25:61</span></div></li>',
    '<script>comment_show("!!!");</script>',
    "<script>comment_show(null);</script>",
    "<li></li>",
    "<p>Реклама</p>",
)


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose organisation is looked at, and when."""

    account: Account
    organization: Organization
    at: float

    def subcomments(self, review: Review) -> str:
        """What anybody sees below a review; nothing at all where nothing is."""
        shown = "".join(self._subcomment(one) for one in review.comments if self._is_public(one))
        return f'<ul class="list-reset subcomments">{shown}</ul>' if shown else ""

    def _is_public(self, comment: Comment) -> bool:
        waits = comment.state(self.at) == "moderation" and self.account.options.shows_waiting
        return comment.seen_from <= self.at and (waits or comment.state(self.at) == "published")

    def _subcomment(self, comment: Comment) -> str:
        id_ = comment.id if self.account.options.ids else None
        kind = "answer" if comment.own else "subcomment"
        author = None if comment.own else comment.name
        head = attributes({"data-type": kind, "data-id": id_, "data-author": author, "class": "js-comment"})
        name = f'<span class="name">{escaped(comment.name)}</span>'
        if comment.own:
            name = f'<strong><a href="{escaped(self.organization.path)}">{escaped(comment.name)}</a></strong>'
        waits = comment.state(self.at) == "moderation"
        status = '<span class="comment-status">на модерации</span>' if waits else ""
        date = f'<span class="iblock gray"> {dates.printed(comment.sent_at)}</span>'
        said = f'<div class="comment-text"><span class="js-comment-content">{with_breaks(comment.text)}</span></div>'
        return f"<li{head}>{name}{date}{status}{said}</li>"


def listed(sight: Sight, reviews: Sequence[Review]) -> str:
    """The items, scripted or not as the account's option says."""
    return veil.joined((_item(sight, one), _is_scripted(sight.account.options.shape, one)) for one in reviews)


def _is_scripted(shape: str, review: Review) -> bool:
    return shape == "scripted" or (shape == "mixed" and review.number % _CYCLE < _HIDDEN)


def _item(sight: Sight, review: Review) -> str:
    options = sight.account.options
    author, id_ = review.customer.author, review.id if options.ids else None
    head = attributes({"data-author": author, "data-id": id_, "data-type": "comment", "class": "js-comment"})
    date = f'<span class="iblock gray"> {dates.of_review(review, options, sight.at)}</span>'
    inner = f'<span class="name">{escaped(author)}</span>{_stars(review)}{date}{_text(review.text)}'
    container = f'<div class="comment-container js-comment-container">{inner}{sight.subcomments(review)}</div>'
    return f"<li{head}>{container}</li>"


def _stars(review: Review) -> str:
    if review.customer.rating is None:
        return ""
    widths = (100 if number < review.customer.rating else 0 for number in range(STARS))
    stars = (
        f'<span class="star-item"><span style="width: {width}%; display: block;"></span></span>' for width in widths
    )
    return f'<div class="stars-view">{"".join(stars)}</div>'


def _text(text: str) -> str:
    cut = text.rfind(" ", 1, _SHORT) if len(text) > _SHORT else -1
    if cut < 0:
        return f'<div class="js-comment-short-text comment-text"><span>{with_breaks(text)}</span></div>'
    marker = '<span class="js-comment-splitmarker">… читать дальше</span>'
    return (
        f'<div class="js-comment-short-text comment-text"><span>{with_breaks(text[:cut])}{marker}</span></div>'
        f'<div class="js-comment-additional-text hidden">{with_breaks(text[cut:])}</div>'
    )
