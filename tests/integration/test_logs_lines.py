"""What really appears on stderr, in each format, from our own loggers and from the libraries'."""

import re

import pytest

from feedback_service.logs import LogConfig
from tests.support.log_lines import lines_of, stderr_of

CANARIES = """
    logs.register_secret("canary-known")
    logs.bind(account="canary-known")
    log.info("said canary-known and %s", "canary-known", extra={"token": "canary-1", "deep": {"a": ["canary-known"]}})
    log.info("headers %s", {"Authorization": "canary-2"})
    bound_log.info("said canary-known", cookie="canary-3", url="https://u:canary-4@h/?token=canary-5")
    warnings.warn("password=canary-6")
    try:
        try:
            raise ValueError("canary-known")
        except ValueError as cause:
            raise KeyError("Bearer canary-7") from cause
    except KeyError:
        log.exception("failed")
        bound_log.exception("failed")
    try:
        raise ExceptionGroup("canary-known", [ValueError("sk-canary-8-long"), KeyError("canary-known")])
    except ExceptionGroup:
        log.warning("a group", exc_info=True, stack_info=True)
    log.info("broken %d", "canary-known")
    thread = threading.Thread(target=lambda: 1 / 0, name="canary-known")
    thread.start()
    thread.join()
    raise SystemError("canary-known, api_key=canary-9")
"""


@pytest.mark.parametrize("form", ["console", "json", "google"])
def test_no_canary_appears_in_any_format(form: str) -> None:
    shown = stderr_of(CANARIES, form)

    assert "canary" not in shown
    for told in ("ValueError", "ExceptionGroup", "ZeroDivisionError", "SystemError", "was lost because of TypeError"):
        assert told in shown


def test_stdlib_and_structlog_lines_carry_context_extras_and_action() -> None:
    lines = lines_of("""
        with logs.bound(supplier="romashka", platform="wildberries", account="main"):
            log.info("The answer was %s", "published", extra={"action": "dispatch.sent", "item": "i-1"})
            bound_log.warning("Not confirmed", action="confirm.missing", item="i-1")
            logging.getLogger("aiohttp.client").warning("from a library")
        log.info("outside")
    """)

    first, second, third, fourth = lines
    assert first["message"] == "The answer was published"
    assert (first["action"], second["action"]) == ("dispatch.sent", "confirm.missing")
    assert (first["severity"], second["severity"]) == ("INFO", "WARNING")
    context = {"supplier": "romashka", "platform": "wildberries", "account": "main"}
    assert first["labels"] == second["labels"] == first["logging.googleapis.com/labels"] == context | {"item": "i-1"}
    assert third["labels"] == context
    assert "labels" not in fourth
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", first["time"])


def test_concurrent_tasks_keep_their_contexts_apart() -> None:
    lines = lines_of("""
        async def work(name):
            logs.bind(supplier=name)
            await asyncio.sleep(0)
            log.info(name)
        async def main():
            await asyncio.gather(*(work(name) for name in "abc"))
        asyncio.run(main())
    """)

    assert [(line["message"], line["labels"]["supplier"]) for line in lines] == [("a", "a"), ("b", "b"), ("c", "c")]


def test_one_record_is_one_line_of_json_whatever_it_holds() -> None:
    text = stderr_of(r"""
        log.info("two\nlines \u2028 \x85 \x1b[31m \ud800 Спасибо", extra={"x": "\x00\r\n", "n": float("inf")})
    """)

    assert len(text.splitlines()) == 1
    assert "Спасибо" in text


def test_a_field_cannot_forge_what_the_record_says() -> None:
    (line,) = lines_of("""bound_log.info("true", severity="CRITICAL", time="never", logger="somebody")""")

    assert (line["severity"], line["logger"]) == ("INFO", "feedback_service.pipeline.confirm")
    assert (line["severity_"], line["time_"]) == ("CRITICAL", "never")


def test_people_read_a_plain_line_that_cannot_drive_their_terminal() -> None:
    text = stderr_of(
        r"""
        with logs.bound(supplier="romashka", item="i-1"):
            log.info("Published\n00:00:00 forged \x1b[2J", extra={"action": "dispatch.sent"})
        """,
        "console",
    )

    assert len(text.splitlines()) == 1
    assert "\x1b" not in text  # no colours either: stderr is no terminal here
    assert re.match(r"\d\d:\d\d:\d\d \[info +\] Published\\n00:00:00 forged", text)
    assert text.rstrip().endswith("supplier=romashka item=i-1 action=dispatch.sent")


def test_libraries_that_chat_are_quiet_at_info_and_audible_at_debug() -> None:
    body = """logging.getLogger("httpx").info("HTTP Request: POST"); logging.getLogger("httpx").warning("odd")"""

    assert [line["message"] for line in lines_of(body)] == ["odd"]
    assert "HTTP Request: POST" in stderr_of(body, level="DEBUG")


def test_configuring_twice_does_not_double_the_lines() -> None:
    lines = lines_of("""
        logging.basicConfig(force=False); logging.getLogger().addHandler(logging.StreamHandler())
        logs.configure_logs(logs.LogConfig(format="json"))
        log.info("once")
    """)

    assert [line["message"] for line in lines] == ["once"]


def test_google_before_shipping_is_json_with_a_note_and_starts_no_thread() -> None:
    text = stderr_of("""import os; log.info("tasks: %d", len(os.listdir("/proc/self/task")))""", "google")

    assert '"action": "logs.local"' in text
    assert "tasks: 1" in text


@pytest.mark.parametrize("wrong", [{"format": "xml"}, {"level": "LOUD"}])
def test_an_unknown_format_or_level_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="is none of"):
        LogConfig(**wrong)  # type: ignore[arg-type]  # the wrong words are the point


def test_the_configuration_does_not_show_its_secrets() -> None:
    assert "canary" not in repr(LogConfig(redact=("canary",)))
