"""A stand-in for Yandex.Market: the Partner API's reviews and questions, and a seller's cabinet for a browser.

Source: OpenAPI of the Partner API (yandex-market-partner-api), 2026-07; the documentation's pages on errors and limits.

Invented, because nothing public says it:
- every `errors[].code` but UNAUTHORIZED, the texts of 404, what stands in a message for "field" and "value";
- order of checks: path, method, credentials, scope, business, migration, parallel requests, resource, body, fields;
- lists of reviews and comments run from the oldest to the newest; questions from the newest unless `sort` says more;
- 6 months and 1 month are calendar months; both dates of a question's period are included, by Moscow days;
- hours of the resource limits begin with the first request; parallel requests are simulated (see `limits.py`);
- a comment is published at once unless the fault "moderate" or the option `moderation_delay` says otherwise; an edit
  is moderated anew; banned comments stay in the lists and in `commentsCount`;
- any number of comments at the top level is taken; a deleted or banned comment does not ask for a reaction again;
- a question needs an answer until one of ours stands that is neither deleted nor banned;
- a comment to a comment of a question is refused (only QUESTION and ANSWER can be parents);
- a supplement by the same customer is a comment in the thread; it asks for no reaction of its own;
- POST /v2/businesses/{id}/offer-mappings and GET /v2/campaigns are assembled from memory: no description at hand;
- ids, offer ids, orders, photo addresses, shape and life of keys, the OAuth token;
- the whole cabinet for the browser: addresses, markup, forms, texts, the CSRF token and its life of two hours.
"""

from feedback_service.platforms.yandex_market.replica.front import YandexMarketReplica

REPLICA = YandexMarketReplica

__all__ = ["REPLICA", "YandexMarketReplica"]
