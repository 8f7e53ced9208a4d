"""A stand-in for the internal calls of the Yandex Business cabinet (yandex.ru/sprav), written from public observations.

There is no official description. Sources: public clients of the cabinet, among them PyPI `ya_business_api` 4.1.1, and
Yandex's help on reviews (only the last 600 published ones are visible; an answer may be changed at any time).

Invented, because nothing public says it:
- lives of a session, of the CSRF token (an hour), of the list's and the item's token (30 minutes), of `continue_token`
  (10 minutes); a list's token is good for its organisation, an item's for its review; a renewed Session_id;
- a POST without the cookie `i` gets 488 whatever its token is; a CSRF token that was refused stays refused;
- `ranking_by` wins over `ranking`, an unknown ranking is by_time, an unreadable `page` the first one; a page behind the
  end, or behind the 600, is empty, while `pager.total` counts everything;
- a review is unread until it was answered or marked as read; a list does not mark it; `page` is 1 in the unread list;
- a `continue_token` remembers the last review shown, so that what is read in between shifts nothing; a bad one is 400;
- an answer's length: 1..2500 UTF-16 units; a blank text deletes as an empty one does;
- what business-answer says of a wrong token, a long text or a review that is not there: 200 with JSON instead of `OK`,
  the only failure that anybody saw; 400 where the body is no JSON;
- empty `reviewsCsrfToken` without `answerCsrfToken` is taken, as one client does it (option `tokenless`);
- moderation: at once "approved"; "pending" while it lasts, "rejected" where it says no; a rejected answer still stands
  in the cabinet; null instead of "approved" with the option `nulls`;
- `snippet` holds the first 240 characters; `full_text` null (option `nulls`) only where the snippet is the whole text;
- an organisation of others: 404; one without access: 403; a former id: 404 on calls, a redirect on its page;
- branches are listed below their chain only; 20 branches a page; pages of companies count from 1, at most 50 each;
- every address, phone, chat and photo; bodies of 404, 429 and 5XX; the page of the captcha.

In the ledger a text that replaces a standing answer is an "edit" which the customer notices: the platform has one call
for both, so a second answer by mistake looks the same as a deliberate change.
"""

from feedback_service.platforms.yandex_business.replica.front import YandexBusinessReplica

REPLICA = YandexBusinessReplica

__all__ = ["REPLICA", "YandexBusinessReplica"]
