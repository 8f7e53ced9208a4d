"""The one method on products that a reader of reviews needs: their names.

Invented but for its path: the description at hand has no products. A page of more than 1000 is refused; unknown numbers
are left out.
"""

from __future__ import annotations

from feedback_service.platforms.ozon.replica.bodies import invalid
from feedback_service.platforms.ozon.replica.call import Call

MOST = 1000


def listed(call: Call) -> object:
    """POST /v3/product/info/list {"sku": […]} or {"product_id": […]} or {"offer_id": […]}"""
    skus, products, offers = call.fields.wholes("sku"), call.fields.wholes("product_id"), call.fields.texts("offer_id")
    asked = len(skus) + len(products) + len(offers)
    if not 1 <= asked <= MOST:
        raise invalid()
    known = {item.sku: item.product for item in call.shelf.all()}
    found = {
        sku: name
        for sku, name in known.items()
        if sku in skus or product_id(sku) in products or offer_id(sku) in offers
    }
    return {"items": [_product(sku, name) for sku, name in found.items()]}


def product_id(sku: int) -> int:
    """The product's number within the shop."""
    return sku // 3


def offer_id(sku: int) -> str:
    """The seller's own article."""
    return str(sku % 100_000)


def _product(sku: int, name: str) -> dict[str, object]:
    return {
        "id": product_id(sku),
        "name": name,
        "offer_id": offer_id(sku),
        "sku": sku,
        "sources": [{"sku": sku, "source": "sds"}],
    }
