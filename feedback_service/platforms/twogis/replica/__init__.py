"""A stand-in for two JSON APIs of 2GIS: the cabinet (`/api/1.0/…`) and the public reviews (`/2.0/…`, `/3.0/…`).

2GIS publishes no description of either. Source of paths, parameters and fields: what public programs that use them
read and send, and a captured public page of 2021. A cabinet holds organisations, these hold branches; reviews belong to
branches and come from catalogues, of which "2gis" is the one that is answered here.

Invented, because nothing public says it:
- bodies of errors: `{"meta":{"code","errors":[{"message"}]}}` in the cabinet, `{"meta":{"code","error":{}}}` in public;
- a wrong login or password: 401; after five in a row, and where the account's option or the fault "captcha" says so,
  403 asking for a captcha until the account is registered anew or a person signs in (`issue_session`);
- a token lives an hour (`token_lasts`); a new one leaves the older ones alone (`one_session`); nothing refreshes one;
- a branch or a review of somebody else: 403; of nobody: 404; a branch that awaits moderation has no list: 404;
- bounds: `limit` 1..50 (comments 200), `pageSize` 1..100; beyond: 400, as is a date without offset or one with a space
  in place of its plus sign;
- `offsetDate` and `offset_date` leave out the instant itself, so that reviews of one instant are cut at the border of a
  page (`inclusive`: it is repeated instead, and a list never becomes empty); lists are newest first;
- `withoutAnswer=true` leaves out what has a reply of the company that moderation did not decline; `false` as if absent;
  `rating`: positive is 4 and 5; dates come in two offsets;
- a reply has 1..4096 characters (`text_limit`) and is not blank; a second one is a second comment; the first on a
  review is official whatever was asked, a later one where it is asked, and takes it from the other;
- reviews of Flamp are `catalog.id` "flamp", look answerable, and are answered under `catalog=flamp`;
- moderation: none, unless the fault "moderate" says so; `onModeration` while it lasts, `isHidden` once declined;
- `lag`: seconds until a new reply is seen by reads; the fault "swallow": 200 with an id, and nothing kept;
- 429 with Retry-After, by the options `rate` and `burst` or by a fault; the fault "meta_error": HTTP 200 whose
  `meta.code` tells of an error, "no_subscription": 403; "expire" ends the token for good, and refuses a sign-in;
- public: a wrong `key` 403, a branch of nobody 400; `next_link` has no key, and not what lies before `/2.0`; where
  `stuck_link` is set the last page links to itself; `rated=false` is empty; comments of a review are `comments`;
- `odd`: lists begin with items that are not as described.

Not offered: complaints, templates, ratings, the refresh of a token, the cabinet's pages.
"""

from feedback_service.platforms.twogis.replica.front import TwoGisReplica

REPLICA = TwoGisReplica

__all__ = ["REPLICA", "TwoGisReplica"]
