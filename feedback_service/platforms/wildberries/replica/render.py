"""Turns the platform's items into the JSON of the official description."""

from __future__ import annotations

from datetime import UTC, datetime
from zlib import crc32

from feedback_service.platforms.wildberries.replica.bodies import MOSCOW
from feedback_service.platforms.wildberries.replica.items import Answer, Question, Review
from feedback_service.ports.replica import SandboxCustomer

_BOUGHT_BEFORE = 14 * 86400.0
_ANY_PRODUCT = "Товар"


def nm_id(customer: SandboxCustomer) -> int:
    """The article of the product, the same for the same name."""
    return 100_000_000 + crc32(customer.product.encode("utf-8", "surrogatepass")) % 900_000_000


def moscow(at: float) -> str:
    """RFC 3339 with whole seconds and +03:00, as reviews have it."""
    return datetime.fromtimestamp(int(at), MOSCOW).isoformat()


def utc(at: float) -> str:
    """RFC 3339 with whole seconds and Z."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def nanoseconds(at: float) -> str:
    """RFC 3339 with nine digits and Z, as questions have it."""
    return f"{utc(at)[:-1]}.{round((at - int(at)) * 1e6) % 1_000_000:06d}469Z"


def review(one: Review, at: float) -> dict[str, object]:
    """A review as lists and `GET /api/v1/feedback` show it."""
    customer = one.customer
    return {
        "id": one.id,
        "text": customer.text,
        "pros": customer.pros,
        "cons": customer.cons,
        "productValuation": 5 if customer.rating is None else customer.rating,
        "createdDate": moscow(customer.created_at),
        "answer": _review_answer(one.answer, at),
        "state": "wbRu" if one.answered else "none",
        "productDetails": {**_product(customer), "size": "0"},
        "video": None,
        "wasViewed": one.viewed,
        "photoLinks": _photos(one),
        "userName": customer.author,
        **_order(one),
        **_valuations(one),
        "parentFeedbackId": one.parent,
        "childFeedbackId": one.child,
    }


def question(one: Question, at: float) -> dict[str, object]:
    """A question as lists and `GET /api/v1/question` show it."""
    return {
        "id": one.id,
        "text": one.customer.text,
        "createdDate": nanoseconds(one.customer.created_at),
        "state": one.state,
        "answer": _question_answer(one, at),
        "productDetails": _product(one.customer),
        "wasViewed": one.viewed,
        "isWarned": False,
    }


def _review_answer(answer: Answer | None, at: float) -> dict[str, object] | None:
    if answer is None:
        return None
    return {"text": answer.text, "state": answer.state(at), "editable": answer.editable(at)}


def _question_answer(one: Question, at: float) -> dict[str, object] | None:
    if one.answer is None:
        return None
    editable = not one.rejected and one.answer.editable(at)
    return {"text": one.answer.text, "editable": editable, "createDate": nanoseconds(one.answer.sent_at)}


def _product(customer: SandboxCustomer) -> dict[str, object]:
    article = nm_id(customer)
    return {
        "imtId": article // 3,
        "nmId": article,
        "productName": customer.product or _ANY_PRODUCT,
        "supplierArticle": f"art-{article % 10_000:04d}",
        "supplierName": "ООО Ромашка",
        "brandName": "Ромашка",
    }


def _photos(one: Review) -> list[dict[str, str]] | None:
    if not one.customer.photos:
        return None
    folder = f"https://feedback04.wbbasket.ru/vol1333/part133337/{crc32(one.id.encode())}/photos"
    return [
        {"fullSize": f"{folder}/{number}-fs.webp", "miniSize": f"{folder}/{number}-ms.webp"}
        for number in range(one.customer.photos)
    ]


def _order(one: Review) -> dict[str, object]:
    asked = one.return_asked_at
    return {
        "orderStatus": "buyout" if asked is None else "returned",
        "matchingSize": "",
        "isAbleReturnProductOrders": one.returnable,
        "returnProductOrdersDate": None if asked is None else utc(asked),
        "bables": None,
        "lastOrderShkId": crc32(one.id.encode()),
        "lastOrderCreatedAt": moscow(one.customer.created_at - _BOUGHT_BEFORE),
        "color": "",
        "subjectId": nm_id(one.customer) % 5000,
        "subjectName": "Товары для дома",
    }


def _valuations(one: Review) -> dict[str, object]:
    return {
        "isAbleSupplierFeedbackValuation": not one.answered,
        "supplierFeedbackValuation": 0,
        "isAbleSupplierProductValuation": not one.answered,
        "supplierProductValuation": 0,
    }
