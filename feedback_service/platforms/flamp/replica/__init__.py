"""A stand-in for Flamp: the web app's API 2.0 for reading, and pages of a company's representative for answering.

Flamp publishes no description of either. Source of the API's paths, parameters, fields and of the custom elements on
public pages: what public programs that use them read and send. A filial has the number of its branch in 2GIS. Nothing
public shows how an answer is sent, so all below `/cabinet` is a guess.

Invented, because nothing public says it:
- the cabinet: addresses, markup, texts, forms, the hidden field and its two hours, the cookie `flamp_session`; one page
  shows 20 reviews; a successful form redirects to the review, one with a complaint comes back with 422;
- an answer has 1..3000 characters (`text_limit`) and is not blank; a second one stands beside the first, and the form
  is there whatever stands already; deleting one leaves the others; nothing can be edited;
- moderation: none, unless the fault "moderate" or the option `moderation_delay` says so; it shows in the cabinet only;
- the API shows the answer that came last as an object with an id, or all as a list of texts and dates (`official`);
  `lag`: seconds until it shows a new one; at depth 0 an answer is an address, as a user is, and photos are left out;
- which page sets `__cat` (`cookie_at`), that visitors of one company share a token, a day's life (`token_lasts`), and
  that the API takes it for any filial;
- order of checks: token, method, filial, header, parameters; a filial of nobody: 404; scopes that are no JSON: 400;
- `limit` above 50 is 50; lists are newest first; an `offset_id` that is not there any more is compared as a number;
  `is_trusted` filters nothing; where `stuck_link` is set the last page links to itself; where the stub (id 2) stands;
- reviews written in 2GIS (`from_2gis`) come with `provider`, which is absent otherwise, and are not answered here;
- faults: 429 with Retry-After in the API, a page that names the seconds in the cabinet; "code_error" is HTTP 200 whose
  `code` tells of an error; "expire" ends a token for good, makes a page set a dead one, and shows a browser the sign-in
  page; under "swallow" a form succeeds and nothing is kept;
- a company of somebody else and one that is not yet confirmed (`unconfirmed`) are shown without forms;
- `odd`: lists begin with items that are not as described.

Not offered: the search for filials, complaints, requests to authors, becoming a representative, the short addresses.
"""

from feedback_service.platforms.flamp.replica.front import FlampReplica

REPLICA = FlampReplica

__all__ = ["REPLICA", "FlampReplica"]
