"""The JavaScript that a page's steps run; none of it stays in the page."""

from __future__ import annotations

FETCH = """
const [method, path, headers, body] = arguments, done = arguments[arguments.length - 1];
const options = {method, headers, credentials: 'include', cache: 'no-store'};
if (body !== null) options.body = body;
(async () => {
    const answer = await fetch(path, options);
    done({status: answer.status, url: answer.url, text: await answer.text()});
})().catch(problem => done({problem: String(problem)}));
"""

LOADED = "return performance.timeOrigin;"
"""When the page began to be loaded: another one has another time, and nothing needs to be marked in the page."""

SHOWN = """
for (const [name, selector] of arguments[0])
    for (const one of document.querySelectorAll(selector))
        if (one.checkVisibility ? one.checkVisibility({visibilityProperty: true}) : one.getClientRects().length)
            return [name, performance.timeOrigin];
return [null, performance.timeOrigin];
"""

URL = "return document.URL;"

FAILED = "return document.URL.startsWith('chrome-error:');"

HAS = "return document.querySelector(arguments[0]) !== null;"

ROWS = """
const [selector, fields] = arguments;
const text = one => 'value' in one && /^(INPUT|TEXTAREA|SELECT)$/.test(one.tagName) ? one.value : one.innerText;
const read = row => fields.map(([name, inner, attribute]) => {
    const one = inner ? row.querySelector(inner) : row;
    const found = one && (attribute ? one.getAttribute(attribute) : text(one));
    return [name, String(found ?? '').replace(/\\r\\n?/g, '\\n')];
});
return Array.from(document.querySelectorAll(selector), row => Object.fromEntries(read(row)));
"""

SELECT_ALL = """
const field = document.querySelector(arguments[0]);
field.scrollIntoView({block: 'center'});
field.focus();
if (field.select) field.select();
else getSelection().selectAllChildren(field);
"""

CLEAR = "document.execCommand('delete');"

FILLED = """
const field = document.querySelector(arguments[0]);
return ('value' in field ? field.value : field.innerText).replace(/\\r\\n?/g, '\\n');
"""
