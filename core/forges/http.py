"""The one door to a host's HTTP API: time-outs, sizes, redirects, retries, rate limits, conditional requests.

A token goes to the host that it is for and nowhere else: no redirect to another one is followed with it, and
it is covered in whatever that host says.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec
from yarl import URL

from core.errors import BoatyardError, ForgeError
from core.forges.answers import raise_for
from core.forges.foreign import read_foreign
from core.forges.links import next_page, origin, proxy_for, quoted

SECONDS = 30.0
"""Limit of one request."""
BODY_LIMIT = 8 * 2**20
"""Bytes of one answer."""
TRIES = 3
"""How often a request that changes nothing is made before its failure is believed."""
PATIENCE = 5.0
"""Seconds that a host may ask to wait for before that is told instead."""
PAGES = 30
KEPT = 256
"""Answers that are kept for conditional requests, each of at most `KEPT_BYTES`."""
KEPT_BYTES = 256 * 1024
LOG_BYTES = 256 * 1024
"""Of a log its end is enough."""
REFUSED = (401, 403, 404)
"""Answers for which another token may be what is wanted: a host hides what a token may not see."""
REDIRECTS = (301, 302, 303, 307, 308)
_MANY_REDIRECTS = 4


@dataclass(frozen=True)
class Answer:
    """What a host answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def document(self) -> Any:
        """Its JSON.

        Raises:
            ForgeError: It is none.
        """
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, RecursionError) as error:
            raise ForgeError(
                "the host of pull requests answered with something else than JSON",
                hint="Check the address of its API in config.toml ([forges.NAME], api).",
            ) from error


@dataclass
class ForgeHttp:
    """Requests to one host with one token. Close it."""

    api: str
    token: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    """Sent with every request; the token is in them."""
    seconds: float = SECONDS
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.refused = False
        """Whether the host has said that the token is none, or may not do or see something."""
        self._session: aiohttp.ClientSession | None = None
        self._kept: OrderedDict[str, Answer] = OrderedDict()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        """The JSON that a path below the API has; an unchanged one is not sent again by the host."""
        return (await self.answer("GET", self._url(path, query))).document()

    async def pages(self, path: str, query: Mapping[str, str | int] | None = None) -> AsyncIterator[Any]:
        """The JSON of each page of a list, up to `PAGES`."""
        url: str | None = self._url(path, query)
        for _ in range(PAGES):
            if url is None:
                return
            answer = await self.answer("GET", url)
            yield answer.document()
            url = next_page(answer.headers.get("Link", ""), url)

    async def send(self, method: str, path: str, body: object) -> Any:
        """Changes something; never made twice, since nobody knows what became of the first."""
        url = path if "://" in path else self._url(path, None)
        return (await self.answer(method, url, msgspec.json.encode(body))).document()

    async def text(self, path: str) -> str:
        """The end of a log. One that the host keeps elsewhere is read there without the token."""
        answer = await self.answer("GET", self._url(path, None), elsewhere=True)
        return answer.body.decode("utf-8", "replace")

    async def answer(
        self, method: str, url: str, body: bytes | None = None, *, elsewhere: bool = False
    ) -> Answer:
        """One answer that is a success.

        Raises:
            ForgeError: The host refuses, limits, or does not answer; see `core.forges.errors`.
            NotFoundError: It has no such thing, or does not show it to this token.
        """
        tries = TRIES if method == "GET" else 1
        for number in range(1, tries + 1):
            try:
                answer = await self._redirected(method, url, body, elsewhere)
                wait = self._wait(answer, number)
                if wait is None or number == tries:
                    return self._judged(method, url, answer)
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                # Who has waited in vain for the whole time is told so, not made to wait as long again.
                if number == tries or isinstance(error, TimeoutError):
                    raise self._silent(error) from None
                wait = float(2 ** (number - 1))
            await self.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def _url(self, path: str, query: Mapping[str, str | int] | None) -> str:
        joined = "&".join(f"{key}={quoted(str(value))}" for key, value in (query or {}).items())
        return f"{self.api}{path}{'?' if joined else ''}{joined}"

    def _wait(self, answer: Answer, number: int) -> float | None:
        """Seconds until another try makes sense; None: it does not."""
        if answer.status in (500, 502, 503, 504):
            return float(2 ** (number - 1))
        asked = answer.headers.get("Retry-After", "")
        if answer.status == 429 and asked.isdigit() and int(asked) <= PATIENCE:
            return float(asked)
        return None

    def _judged(self, method: str, url: str, answer: Answer) -> Answer:
        if answer.status == 304 and url in self._kept:
            return self._kept[url]
        self.refused = self.refused or answer.status in REFUSED
        raise_for(answer.status, answer.headers, answer.body, self._host, self.clock(), self._covered)
        if method == "GET" and "ETag" in answer.headers and len(answer.body) <= KEPT_BYTES:
            self._kept[url] = answer
            self._kept.move_to_end(url)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return answer

    async def _redirected(self, method: str, url: str, body: bytes | None, elsewhere: bool) -> Answer:
        """Follows redirects on the same host; to another one only for a log, and without the token."""
        target = url
        for _ in range(_MANY_REDIRECTS):
            answer = await self._once(method, target, body, conditional=target == url, log=elsewhere)
            where = answer.headers.get("Location", "")
            if answer.status not in REDIRECTS or not where:
                return answer
            target = urljoin(target, where)
            if origin(target) != origin(self.api):
                if not elsewhere:
                    raise ForgeError(
                        f"{self._host} sends requests on to {urlsplit(target).hostname}, which gets no token",
                        hint="If it has moved, change its address in config.toml ([forges.NAME]).",
                    )
                return Answer(200, {}, await read_foreign(target, self.api, LOG_BYTES, self.seconds))
            if method != "GET" and answer.status not in (307, 308):
                raise ForgeError(f"{self._host} redirects a change", hint="Check its address in config.toml.")
        raise ForgeError(f"{self._host} redirects in a circle", hint="Check its address in config.toml.")

    async def _once(
        self, method: str, url: str, body: bytes | None, *, conditional: bool, log: bool
    ) -> Answer:
        headers = dict(self.headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        if method == "GET" and conditional and url in self._kept:
            headers["If-None-Match"] = self._kept[url].headers["ETag"]
        async with self._open().request(
            method, URL(url, encoded=True), data=body, headers=headers, allow_redirects=False,
            proxy=proxy_for(url),
            timeout=aiohttp.ClientTimeout(total=self.seconds),
        ) as response:  # fmt: skip
            read = read_end(response, LOG_BYTES) if log else read_limited(response, BODY_LIMIT)
            return Answer(response.status, response.headers, await read)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            # No cookies, and no .netrc: what is sent is what is said here.
            jar = aiohttp.DummyCookieJar()
            self._session = aiohttp.ClientSession(cookie_jar=jar, trust_env=False)
        return self._session

    @property
    def _host(self) -> str:
        return urlsplit(self.api).netloc

    def _covered(self, text: str) -> str:
        return text.replace(self.token, "***") if self.token else text

    def _silent(self, error: Exception) -> BoatyardError:
        late = isinstance(error, TimeoutError)
        why = f"does not answer within {self.seconds:g} s" if late else f"does not answer: {error}"
        return ForgeError(
            self._covered(f"{self._host} {why}"), hint="Check the network, and its address in config.toml."
        )


async def read_limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body of an answer.

    Raises:
        ForgeError: It is longer than the limit.
    """
    parts: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > limit:
            raise ForgeError(
                f"{response.url.host} answers with more than {limit} bytes", hint="Look at it in a browser."
            )
        parts.append(chunk)
    return b"".join(parts)


async def read_end(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The last bytes of an answer, however long it is."""
    end = b""
    async for chunk in response.content.iter_chunked(64 * 1024):
        end = (end + chunk)[-limit:]
    return end
