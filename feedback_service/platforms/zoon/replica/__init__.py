"""A stand-in for Zoon: the list of reviews that its own page calls for, that page, and a cabinet for a browser.

Zoon publishes no description of any of it. Source of addresses, parameters and markup of the list and the page: what
public programs of 2018 to 2022 ask for and look for; today's site may differ.

Invented, because nothing public says it:
- the whole cabinet below /cabinet: addresses, markup, forms, texts, its CSRF token and that one's life of two hours,
  the name of the session's cookie, 20 reviews on a page;
- a `data-id` of 24 hexadecimal digits on every review (`ids`: false leaves it out, as no program was seen to use
  one);
- the list: no key but `list`, sent as text/html; 10 items where `limit` is not given, no upper bound (`most`: one,
  which shortens answers in silence); no login, no header needed; an organisation of nobody is an empty list, not an
  error;
- reviews run from the newest to the oldest; which items are scripted (`shape`: plain, scripted, or mixed, where it
  goes by the review's number), what stands around the string, neighbours sharing one script;
- dates are Moscow's; the current year is left out in every second review (`years`: some, past, always); every third
  says "через Foursquare" where the option `foursquare` asks for it; `content` of the page's date has an offset;
- where a long text is cut: before a space; a review without a mark has no stars; a supplement by the same customer is
  a comment below, which unlike ours names its author in `span.name`;
- the page: 20 reviews, all else behind a "show more" without an address; /{category}/{slug}/, with /reviews/ or
  without;
- a reply has 1..2000 characters (`text_limit`) without the blanks around it; a second one is a second comment; it
  cannot be changed, but deleted;
- moderation: none, unless the fault "moderate" says so; what waits or was declined is seen in the cabinet only
  (`shows_waiting`: what waits is in public too, marked so); `lag`: seconds until public reads see a new reply;
- faults: "too_many_requests" is a page with the seconds in words, and a Retry-After; "expire" signs the browser out,
  and in public refuses whoever asks with 403; "list_gone" makes the list 404; "swallow" takes a form and keeps
  nothing;
- `odd`: the list begins with items that are not as described.

Not offered: search, companies' cards, photos, thumbs, the widget, editing of a reply.
"""

from feedback_service.platforms.zoon.replica.front import ZoonReplica

REPLICA = ZoonReplica

__all__ = ["REPLICA", "ZoonReplica"]
