"""What an answer that is no success means, in words for people."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from core.errors import NotFoundError
from core.forges.errors import RateLimitedError, RefusedError

_TOLD = 500
"""Characters of a host's own words that an error repeats."""
_PAGE = 2048
"""Bytes of a page in which its heading is looked for."""
_HEADING = re.compile(r"<(title|h1)\b[^>]*>(.*?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_USUAL_WAIT = 60.0
_LONGEST_WAIT = 86_400.0


def raise_for(
    status: int, headers: Mapping[str, str], body: bytes, host: str, moment: float,
    covered: Callable[[str], str],
) -> None:  # fmt: skip
    """Returns when the answer is a success.

    Args:
        status: HTTP's.
        headers: The answer's.
        body: The answer's.
        host: Who answered.
        moment: Now, in seconds since 1970.
        covered: Takes the token out of a text.

    Raises:
        RateLimitedError: Too much was asked.
        NotFoundError: There is no such thing, or the token may not see it.
        RefusedError: Anything else.
    """
    if 200 <= status < 300:
        return
    said = (covered(_words(body)) or _phrase(status))[:_TOLD]
    until = _limited_until(status, headers, said, moment)
    if until is not None:
        raise RateLimitedError(
            f"{host} takes no more requests for {max(1, round(until - moment))} s: {said}", until,
            hint="Wait that long; it goes on by itself where it was begun in the background.",
        )  # fmt: skip
    if status == 404:
        raise NotFoundError(
            f"{host} has no such thing: {said}",
            hint="Check the remote's address. A host also says so when the token may not see the repository.",
        )
    hints = {
        401: "It does not take the token: make a new one, and put it where the settings look for it.",
        403: "The token may not do this: give it the right to write pull requests.",
    }
    hint = hints.get(status, "Try again later." if status >= 500 else "Look at it in a browser.")
    raise RefusedError(f"{host} answers {status}: {said}", status, hint=hint)


def _limited_until(status: int, headers: Mapping[str, str], said: str, moment: float) -> float | None:
    """Until when a rate limit holds; None: this is none."""
    if status not in (403, 429):
        return None
    left = headers.get("X-RateLimit-Remaining", headers.get("RateLimit-Remaining", ""))
    if status == 403 and left != "0" and "Retry-After" not in headers and "rate limit" not in said.lower():
        return None
    reset = headers.get("X-RateLimit-Reset", headers.get("RateLimit-Reset", ""))
    wait = _USUAL_WAIT
    if "Retry-After" in headers:
        wait = _seconds(headers["Retry-After"], _USUAL_WAIT)
    elif reset:
        wait = _seconds(reset, moment + _USUAL_WAIT) - moment
    return moment + min(max(wait, 1.0), _LONGEST_WAIT)


def _seconds(header: str, default: float) -> float:
    """A number of a header; what is none, or is not finite, counts as the default."""
    try:
        found = float(header)
    except ValueError:
        return default
    return found if math.isfinite(found) else default


def _words(body: bytes) -> str:
    """What a host says of an error: each has its own place for that."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return _plain(body[:_PAGE].decode("utf-8", "replace"))
    if not isinstance(document, dict):
        return str(document)[:_TOLD]
    parts = [_flat(document.get(key)) for key in ("message", "error", "error_description", "errors")]
    return "; ".join(dict.fromkeys(filter(None, parts)))


def _plain(text: str) -> str:
    """A text on one line; of a page, as a proxy in front of a host sends one, its heading alone."""
    if text.lstrip().startswith("<"):
        found = _HEADING.search(text)
        text = html.unescape(_TAG.sub(" ", found[2])) if found else ""
    return " ".join(text.split())[:_TOLD]


def _phrase(status: int) -> str:
    """What a status means, where the host says nothing."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "nothing more"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        if "message" in value:
            return str(value["message"])
        return "; ".join(f"{key}: {_flat(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "; ".join(filter(None, map(_flat, value)))
    return "" if value is None else str(value)
