"""A small web site of the tests' own that a real browser visits, and what it saw of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web

CABINET = """<!doctype html><meta charset="utf-8"><title>Кабинет</title>
<meta name="csrf-token" content="csrf-0123456789">
<main class="cabinet">
<ul><li class="row" data-id="1"><b class="name">Ольга</b><p class="text">Хорошо 👍<br>и быстро</p></li>
<li class="row" data-id="2"><b class="name">Пётр</b></li></ul>
<form method="post" action="/answers"><textarea name="text" maxlength="60"></textarea>
<input type="password" name="pin" value="pin-7777"><button type="submit">Ответить</button></form>
<div class="free" contenteditable="true">old</div><p class="hidden" style="display:none">x</p>
<p class="seen"></p><script>document.querySelector('.seen').textContent = String(navigator.webdriver)</script>
</main>"""


@dataclass
class Site:
    """What the browser asked for and sent."""

    url: str = ""
    agents: list[str] = field(default_factory=list)
    cookies: list[dict[str, str]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    gives: dict[str, str] = field(default_factory=dict)
    """The cookies that the site sets with the next page, secure and out of its scripts' reach."""


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """The site on a port of its own; whoever is still connected at the end is cut off."""
    seen = Site()

    async def cabinet(request: web.Request) -> web.Response:
        seen.agents.append(request.headers["User-Agent"])
        seen.cookies.append(dict(request.cookies))
        answer = web.Response(text=CABINET, content_type="text/html")
        until = (datetime.now(UTC) + timedelta(days=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        for name, value in seen.gives.items():
            answer.headers.add("Set-Cookie", f"{name}={value}; Path=/; Secure; HttpOnly; Expires={until}")
        return answer

    async def answers(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            seen.answers.append((await request.json())["text"])
            return web.json_response({"id": len(seen.answers)}, status=201)
        seen.answers.append(str((await request.post())["text"]))
        return web.Response(text="<p class=sent>ok</p>", content_type="text/html")

    async def never(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.router.add_get("/", cabinet)
    app.router.add_post("/answers", answers)
    app.router.add_route("*", "/never", never)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        socket_site = web.TCPSite(runner, "127.0.0.1", 0)
        await socket_site.start()
        seen.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield seen
    finally:
        await runner.cleanup()
