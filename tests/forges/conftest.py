"""The three kinds of hosts, and a client of one of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from core.config import ForgeSection
from core.forges.forge import Forge
from core.forges.opening import Forges
from tests.forges.gitea_host import GiteaHost
from tests.forges.github_host import GitHubHost
from tests.forges.gitlab_host import GitLabHost
from tests.forges.host import REPOSITORY, TOKEN, Host

HOSTS: dict[str, Callable[[], Host]] = {"github": GitHubHost, "gitlab": GitLabHost, "gitea": GiteaHost}


class Naps:
    """Sleeps that take no time; how long they would have been."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest.fixture(params=HOSTS)
async def host(request: pytest.FixtureRequest) -> AsyncIterator[Host]:
    async with HOSTS[request.param]() as each:
        each.branches["boatyard/fix-it"] = "a" * 40
        yield each


@pytest.fixture
async def forges(host: Host, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Forges]:
    monkeypatch.setenv("THE_TOKEN", TOKEN)
    found = Forges(lambda: {"test": ForgeSection(kind=host.kind, url=host.url, token="env:THE_TOKEN")})
    yield found
    await found.close()


@pytest.fixture
async def forge(host: Host, forges: Forges) -> Forge:
    found = await forges.open(forges.place(f"{host.url}/{REPOSITORY}.git"))
    found.http.sleep = Naps()
    return found


def naps(forge: Forge) -> list[float]:
    """What the client has slept."""
    taken = forge.http.sleep
    assert isinstance(taken, Naps)
    return taken.taken
