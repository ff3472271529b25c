"""Which host and repository an address of a remote means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.config import ForgeKind, ForgeSection
from core.errors import ForgeError, NotFoundError, UsageError
from core.forges.address import forge_of
from core.forges.foreign import read_foreign
from core.forges.links import next_page
from core.forges.opening import Forges

OWN = {
    "work": ForgeSection(
        kind=ForgeKind.GITLAB, url="https://git.example.org/lab", token="env:X", hosts=("work-alias",)
    ),
    "tea": ForgeSection(
        kind=ForgeKind.GITEA, url="http://localhost:3000", api="http://localhost:3000/api/v1"
    ),
    "big": ForgeSection(kind=ForgeKind.GITHUB, url="https://github.example.org"),
}
KNOWN = {
    "https://github.com/owner/name.git": ("github.com", "https://api.github.com", "owner/name"),
    "https://tok@github.com/owner/name": ("github.com", "https://api.github.com", "owner/name"),
    "git@github.com:owner/name.git": ("github.com", "https://api.github.com", "owner/name"),
    "ssh://git@ssh.github.com:443/owner/name.git": ("github.com", "https://api.github.com", "owner/name"),
    "git@gitlab.com:a/b/c/d.git": ("gitlab.com", "https://gitlab.com/api/v4", "a/b/c/d"),
    "https://git.example.org/lab/a/b.git": ("work", "https://git.example.org/lab/api/v4", "a/b"),
    "work-alias:lab/a/b": ("work", "https://git.example.org/lab/api/v4", "a/b"),
    "http://localhost:3000/a/b.git": ("tea", "http://localhost:3000/api/v1", "a/b"),
    "ssh://git@localhost:2222/a/b.git": ("tea", "http://localhost:3000/api/v1", "a/b"),
    "git@GitHub.Example.org:a/b.git/": ("big", "https://github.example.org/api/v3", "a/b"),
}


@pytest.mark.parametrize("address", KNOWN)
def test_known_hosts(address: str) -> None:
    place = forge_of(address, OWN)
    assert (place.name, place.api, place.path) == KNOWN[address]


@pytest.mark.parametrize(
    "address",
    ["/srv/repo.git", "file:///srv/repo.git", "https://unknown.example/a/b", "git@unknown:a/b", "", "::",
     "https://github.com/owner", "https://github.com/a/b/c", "https://github.com/../x", "https://[bad/x",
     "https://github.com/a%2Fb/c", "https://github.com.evil.example/a/b"],
)  # fmt: skip
def test_no_known_repository(address: str) -> None:
    with pytest.raises(UsageError):
        forge_of(address, OWN)


async def test_the_usual_variables_hold_for_the_usual_hosts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GH_TOKEN", "mine")
    forges = Forges(lambda: OWN)
    assert (await forges.open(forges.place("git@github.com:a/b"))).http.token == "mine"
    with pytest.raises(NotFoundError, match=r"no token for https://github.example.org"):
        await forges.open(forges.place("git@github.example.org:a/b"))
    monkeypatch.delenv("GITLAB_TOKEN", raising=False)
    with pytest.raises(NotFoundError, match=r"no token for https://gitlab.com"):
        await forges.open(forges.place("git@gitlab.com:a/b"))
    await forges.close()


def test_the_next_page() -> None:
    here = "https://h.example/list?page=1"
    header = '<https://h.example/list?page=1>; rel="first", <https://h.example/list?page=2>; rel="next"'
    assert next_page(header, here) == "https://h.example/list?page=2"
    assert next_page("<?page=2>; rel=next", here) == "https://h.example/list?page=2"
    for header in ("", '<https://h.example/x>; rel="prev"', '<http://h.example/x>; rel="next"', "<;>,,;rel"):
        assert next_page(header, here) is None


@pytest.mark.parametrize(
    "url", ["http://example.org/x", "https://127.0.0.1/x", "https://169.254.169.254/latest", "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x", "file:///etc/passwd"],
)  # fmt: skip
async def test_a_log_is_never_read_from_inside(url: str) -> None:
    with pytest.raises(Exception, match="is not asked"):
        await read_foreign(url, "https://api.github.com", 100, 5.0)


@pytest.fixture
async def inside() -> AsyncIterator[tuple[int, list[bytes]]]:
    """The port of a server on this machine that sends everybody on, and the first lines that it was sent."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], asked
    server.close()


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "0x7f000001",
        "0x7f.1",
        "2130706433",
        "127.1",
        "0177.0.0.1",
        "[::ffff:127.0.0.1]",
    ],
)
async def test_nor_by_a_name_or_a_number_that_leads_inside(
    host: str, inside: tuple[int, list[bytes]]
) -> None:
    port, asked = inside
    with pytest.raises((OSError, ForgeError), match=r"localhost|is not asked"):
        await read_foreign(f"https://{host}:{port}/x", "https://api.github.com", 100, 5.0)
    assert asked == []


async def test_nor_where_its_server_sends_on_to(inside: tuple[int, list[bytes]]) -> None:
    port, asked = inside
    with pytest.raises(ForgeError, match="answers 302"):
        await read_foreign(f"http://127.0.0.1:{port}/x", f"http://127.0.0.1:{port}", 100, 5.0)
    assert asked == [b"GET /x HTTP/1.1\r\n"]
