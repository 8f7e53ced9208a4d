"""Flamp in one table: reviews of a company's filials, read by the calls of its page, answered in a browser."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms.flamp.cabinet import FlampCabinet
from feedback_service.platforms.flamp.connector import NO_CALL, FlampConnector
from feedback_service.platforms.flamp.login import CREDENTIALS, SESSION_COOKIE
from feedback_service.platforms.flamp.site import HOME
from feedback_service.ports.platform import Access, CabinetSpec, Connector, PlatformSpec, Redelivery, TextLimit

WAITS = Redelivery(
    settle=(timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    confirm=(timedelta(seconds=10), timedelta(minutes=3), timedelta(hours=1), timedelta(hours=8)),
    doubt_ends_with_a_person=True,
)
"""How soon an answer is shown is not known, nor whether one is moderated, and then hidden: so we look for long, and
what is not to be seen after a doubt proves nothing."""

SPEC = PlatformSpec(
    key=PlatformKey("flamp"),
    title="Flamp",
    base_url=HOME,
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(1, 3000)},
    credentials=CREDENTIALS,
    batch=1,
    send_window=timedelta(minutes=2),
    redelivery=WAITS,
    terms="No terms for answering by a program are known: an official answer is written by a company's representative, "
    "whom Flamp has confirmed, and working the page by a program is at the company's own risk.",
    deliveries=(Delivery.BROWSER, Delivery.QUEUE),
    barred={Delivery.API: NO_CALL},
    readings=(Way.API,),
    cabinet=CabinetSpec(
        url=HOME,
        sites=("flamp.ru",),
        cookies=(SESSION_COOKIE,),
        caveat="nothing public describes how an official answer is written: the session's cookie, the addresses and "
        "the marks on the pages are our guess, not verified against the real ones, and a captcha may end the session",
    ),
    retracts=True,
    finds="by its filial's number and its own, in the list of its filial",
    limits="nothing published; we ask once a second at most, up to five times at once after a rest, so that a pass "
    "over 500 filials takes ten minutes",
)
"""The length of an answer is published nowhere: ours is a cautious one. No way to edit an answer is known; that one can
be deleted is our guess."""


def connect(access: Access) -> Connector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    if access.way is Way.BROWSER:
        return FlampCabinet.open(SPEC, access)
    return FlampConnector.open(SPEC, access)
