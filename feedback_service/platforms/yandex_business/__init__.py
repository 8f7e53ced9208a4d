"""Yandex Maps in one table: reviews of organisations, by the calls of the cabinet Yandex Business."""

from __future__ import annotations

from datetime import timedelta

from feedback_service.domain.feedback import Kind
from feedback_service.domain.identity import PlatformKey
from feedback_service.domain.supplier import Delivery, Way
from feedback_service.platforms.yandex_business.connector import YandexBusinessConnector
from feedback_service.ports.platform import Access, CabinetSpec, CredentialField, LengthUnit, PlatformSpec, TextLimit

NO_BROWSER = "its cabinet is worked with by the cabinet's own calls, which need no browser"

SPEC = PlatformSpec(
    key=PlatformKey("yandex_business"),
    title="Yandex Maps",
    base_url="https://yandex.ru",
    kinds=frozenset({Kind.REVIEW}),
    reply_limits={Kind.REVIEW: TextLimit(1, 2500, LengthUnit.UTF16)},
    credentials=(
        CredentialField(
            "permanent_id",
            "number of the organisation, from the address of its page: yandex.ru/maps/org/<name>/<number>/ or "
            "yandex.ru/sprav/<number>/; several are separated by commas; without it all organisations of the login",
            required=False,
            secret=False,
            identifies=True,
        ),
    ),
    edit_window=timedelta(days=3650),
    batch=10,
    barred={Delivery.BROWSER: NO_BROWSER, Delivery.QUEUE: NO_BROWSER},
    terms="There is no public API for reviews: these are the cabinet's own calls, by a signed-in person's cookies. No "
    "terms that allow or forbid a program are known: that is at the seller's own risk.",
    deliveries=(Delivery.API,),
    cabinet=CabinetSpec(
        url="https://yandex.ru/sprav/",
        sites=("yandex.ru",),
        cookies=("Session_id", "sessionid2"),
        caveat="no call of the cabinet is publicly described: ours are those that other programs were seen to make; "
        "reading was reported to work in September 2026, and an antibot may ask for a captcha or end the session",
        ways=frozenset({Way.API}),
    ),
    retracts=True,
    moderates=frozenset({Kind.REVIEW}),
    finds="in the organisation's list of its last 600 reviews, read down to the review's date",
    limits="nothing published; we keep to one request a second",
)
"""No length of an answer is known: 2 500 is our own, cautious number, as another program keeps to it, and it is counted
in the unit by which a text is longest. An answer can be edited at any time (Yandex Business help, "Отзывы"), so the
window is one that nobody reaches. Batches are small, so that an answer leaves within seconds of the look at its review.
"""


def connect(access: Access) -> YandexBusinessConnector:
    """Open an account; no network call yet. Raises Configuration for organisations that are no numbers."""
    return YandexBusinessConnector.open(SPEC, access)
