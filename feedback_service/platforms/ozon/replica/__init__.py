"""A stand-in for Ozon: the seller API below "/", the seller's cabinet below "/cabinet".

The API is written from its public description.
Source: Ozon Seller API, OpenAPI of April 2026 and of October 2026 (reviews v2); texts of errors that others were seen
to get in July 2026. The cabinet has no description: paths, fields and headers are those that public programs use.

Invented in the API, because nothing public says it:
- order of checks: path, key, rate, version, role, the request's fields, subscription, the item (that the fields come
  before the subscription was seen);
- a missing header: 401, code 16; an unknown key or pair: 404, code 5 (others report this status); a deactivated or
  expired key and a missing role: 403, code 7; "Circle is open": 429, code 8, without headers;
- text of every 400: as the one that was seen; text of 403 on methods that nobody showed; names of roles;
- reviews come oldest first without `sort_dir`; a page's end has `has_next` false and its last id, an empty page ""; an
  unknown `last_id` is 400; the place of `last_id` counts even where the item has changed its status since;
- `comments_amount` and `answers_count` count what waits for moderation and what customers wrote, not what was declined;
- length of a comment: 1..2000; an unknown `parent_comment_id`: 404; a comment changes a review's status only when
  `mark_review_as_processed` asks for it; an answer makes a question processed; deleting changes no status;
- a declined comment is listed with `is_rejected` (shape of October) or not at all (April); one that waits never is;
- a question has an own status by three names, UNPROCESSED is NEW or VIEWED; a foreign `sku` in a call is 404;
- answers come ten a page; status of an unknown id cannot be changed: 404, nothing changes;
- all of `/v3/product/info/list` but its path; what the API calls official is ours.

Invented in the cabinet: see the package `cabinet`.
"""

from feedback_service.platforms.ozon.replica.front import OzonReplica

REPLICA = OzonReplica

__all__ = ["REPLICA", "OzonReplica"]
