"""The seller's cabinet: pages for a browser and the JSON calls that they make.

Nothing of it is documented. Known from public programs: the paths of the two pages and of most calls, the fields of
their requests and answers, the headers `x-o3-…`, that a comment needs the review's uuid. Invented:
- the pages' markup; everything is rendered by a script that calls the same JSON;
- `/api/review/info`, `/api/review/comment/delete`, `/api/v1/question-info`, `/api/v1/answer-list`,
  `/api/v1/delete-answer`, and the answers of `/api/review/comment/list`, `/api/v1/create-answer`, both counters of
  questions and `change-interaction-status`;
- statuses NOT_VIEWED, VIEWED, PROCESSED are the API's NEW, VIEWED, PROCESSED; questions use the API's names;
- the `uuid` of a review and the `id` of a question are the API's ids; the `id` of a review is a number of its own;
- an answer of the cabinet makes the review or question processed; the cabinet shows what waits for moderation;
- texts of errors, `{"message": …}`: 400 of a wrong request, 401 without a session, 403 without the headers or with
  another company, 404 of an unknown item; a `company_id` or `sc_company_id` must be in every body;
- size of a page: 20; more than 50 statuses in one call: 400;
- subscriptions of the API do not matter here.
"""

from feedback_service.platforms.ozon.replica.cabinet.front import ROOT, is_below, respond, signed_out, writes

__all__ = ["ROOT", "is_below", "respond", "signed_out", "writes"]
