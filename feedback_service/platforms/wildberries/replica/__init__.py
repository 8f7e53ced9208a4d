"""A stand-in for the Wildberries "Feedbacks and Questions" seller API, written from its public description.

Source: Wildberries OpenAPI "Общение с покупателями", 2026-07; the portal's pages on tokens, limits and codes.

Invented, because nothing public says it:
- order of a list without `order`: newest first; `dateFrom`/`dateTo` are inclusive and compare `createdDate`;
- `take` or `skip` outside the documented bounds: 400 `Something went wrong` (422 on the archive);
- an unanswered review that is archived by age or for lack of text and photo still counts as unanswered;
- a second POST to an answered review: 204, the new text replaces the old one (the ledger counts it);
- a PATCH to a review without an answer, a second one, or one after 60 days: 204, nothing changes;
- a second edit, a late edit, or a second rejection of a question: 422 `Не удалось отредактировать вопрос`;
- a rejected question counts as answered and may still be answered; its text is not shown to customers;
- length of a question's answer: 2..5000, as for reviews; a length outside it: 400;
- moderation: published at once unless the fault "moderate" says otherwise; a review with an answer of any
  state is processed; a declined answer can be replaced by another POST; questions are not moderated;
- a review is viewed once it was answered; returns are possible for bought goods rated 1 or 2;
- order of checks: path, token, balance, rate, category, rights; a category without rights is 403;
- `detail` of 401 for a wrong signature, an expired token or a stranger, and of 403, 400 on length;
- an expired token costs nothing of the budget; `X-Ratelimit-Remaining` is absent where the seller is unknown;
- the budget of a test token: as of a personal one; a test token sees no pins (404), as the vendor's sandbox;
- `/ping` needs a token and has its own budget of 3 calls per 30 s for each seller;
- 5XX bodies; product, order and photo details of a review; ids of pins and the seller's pin limits.
"""

from feedback_service.platforms.wildberries.replica.front import WildberriesReplica

REPLICA = WildberriesReplica

__all__ = ["REPLICA", "WildberriesReplica"]
