"""Zoon in one table: reviews of organisations, read as everybody reads them, answered in a signed-in browser."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms.zoon.cabinet import ZoonCabinet
from feedback_service.platforms.zoon.connector import ZoonConnector
from feedback_service.platforms.zoon.login import CREDENTIALS
from feedback_service.ports.platform import (
    Access,
    CabinetSpec,
    Connector,
    PlatformSpec,
    Redelivery,
    TextLimit,
)

SETTLE = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=2))
CONFIRM = (timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=1), timedelta(days=1), timedelta(days=3))
"""Zoon checks reviews for up to three days (an article of a partner of theirs); replies may wait as long unseen."""

SPEC = PlatformSpec(
    key=PlatformKey("zoon"),
    title="Zoon",
    base_url="https://zoon.ru",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(1, 2000)},
    credentials=CREDENTIALS,
    batch=1,
    send_window=timedelta(minutes=3),
    redelivery=Redelivery(settle=SETTLE, confirm=CONFIRM, give_up=timedelta(days=7), doubt_ends_with_a_person=True),
    terms="Neither an API nor terms that allow or forbid a program are known: reviews are read as the site shows them "
    "to everybody, and answering by a program is at the seller's own risk.",
    deliveries=(Delivery.BROWSER, Delivery.QUEUE),
    readings=(Way.API,),
    barred={Delivery.API: "no call for answering is known"},
    cabinet=CabinetSpec(
        url="https://zoon.ru",
        sites=("zoon.ru",),
        cookies=("zoon_session",),
        caveat="nothing public shows how an organisation answers on Zoon: the addresses, the forms, the marks on the "
        "pages and the name of the session's cookie are our guess, not verified against the real ones",
    ),
    retracts=True,
    finds="in the organisation's list of reviews, by their authors and days, read down to the review's day",
    limits="nothing published; we ask once a second at most, up to five times at once after a rest",
)
"""No length of an answer is known: 2 000 is our own, cautious number. Whether an answer can be changed is not known, so
it is not. A doubt ends with a person: an answer may be there and unseen, as whether Zoon checks replies first is not
known either. Each answer is looked at and sent at once, as its review is found by what it says."""


def connect(access: Access) -> Connector:
    """Open an account; no network call yet. Raises Configuration for credentials that cannot be right."""
    if access.way is Way.BROWSER:
        return ZoonCabinet.open(SPEC, access)
    return ZoonConnector.open(SPEC, access)
