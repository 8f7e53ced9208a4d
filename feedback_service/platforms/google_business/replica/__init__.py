"""A stand-in for the APIs of Google Business Profile: accounts and locations (v1), reviews (v4), and OAuth's tokens.

Source: developers.google.com/my-business (reference of v4, limits, latest updates), the discovery documents of
mybusinessaccountmanagement v1 and mybusinessbusinessinformation v1, RFC 6749. Four hosts of Google's are one here.

Invented, because nothing public says it:
- `pageSize` above the maximum: 400; 0 or absent: 50 reviews, 10 locations, 20 accounts; pages are cut by position, so
  that what moves between two calls is met twice or not at all; a token fits only the list it was given out for;
- what has no elements, and figures of a location without reviews, are absent; what is unanswered has `reviewReply`
  null as often as none; instants are given a fraction of 0, 3, 6 or 9 digits;
- somebody else's account or location: 403; a location under another account, and the account "-" in v4: 404; an
  unverified location: 403 or 400 FAILED_PRECONDITION, by its number; a path or a verb that nobody has: 404 in HTML, as
  every 5XX that is not 500, 503 or 504;
- a batch takes 1 to 50 locations of one account; one that may not be read fails it; its reviews are in order of time
  over all of them (`batch_by_location`: one location after the other);
- order of checks: path, token, API switched on, quota, parameters and JSON, rights, text of a reply;
- a reply must not be blank, nor be too long: 400; a PUT's answer is always PENDING; published at once by reads, unless
  the option `moderation_delay` or the fault "moderate" says otherwise; while an edit waits, customers see the text
  before it; the owner's own answer has no state and can be replaced;
- the ledger counts a PUT as a further answer where it repeats the text that stands or replaces the owner's own; any
  other that replaces is an edit;
- DELETE answers without a body, and 404 where there is no reply; a deletion is seen at once, whatever `lag` is;
- a minute of quota begins with the clock's; its 429 has no Retry-After, the fault's has one where it names a number;
- every account has a client and a project of its own; one that is registered again gets a further refresh token;
- the fault "expire" ends an access token for good, and makes the token endpoint say invalid_grant while it lasts;
  "quota_zero", "service_disabled" and "permission_denied" do nothing to the token endpoint, although they are used up;
- a supplement changes the customer's review; `product` is a location's name, or locations take turns;
- `translated`: every text comes with a translation before it; `odd`: lists begin with items that are not as described.

Not offered: everything else of these APIs, the parameters `fields`, `filter` and `parentAccount`, media, notifications.
"""

from feedback_service.platforms.google_business.replica.front import GoogleBusinessReplica

REPLICA = GoogleBusinessReplica

__all__ = ["REPLICA", "GoogleBusinessReplica"]
