"""A folder of a workspace made public: only what was published, whatever is in it, at one address."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from yarl import URL

from core.client.public_page import public_page
from core.errors import ConflictError, NotFoundError, UsageError, error_from_document
from core.values.entities import Operation, Workspace
from core.values.requests import PublishWorkspace, RunCommand
from core.values.states import OperationStatus
from tests.containers import IMAGE
from tests.waiting import until_async
from tests.yard import Yard, docker_settings

pytestmark = pytest.mark.slow


class Reader:
    """Somebody on the network."""

    def __init__(self, port: int, session: aiohttp.ClientSession) -> None:
        self.port = port
        self._session = session

    async def get(self, path: str, method: str = "GET", host: str = "") -> tuple[int, bytes, dict[str, str]]:
        url = URL(f"http://127.0.0.1:{self.port}{path}", encoded=True)
        headers = {"Host": host} if host else {}
        async with self._session.request(method, url, allow_redirects=False, headers=headers) as response:
            return response.status, await response.read(), dict(response.headers)


@asynccontextmanager
async def public(yard: Yard) -> AsyncIterator[Reader]:
    doors = cast("Any", yard.client.open_door("public", "127.0.0.1:0"))
    async with aclosing(doors), aiohttp.ClientSession() as session:
        yield Reader((await anext(doors)).port, session)


async def publish(yard: Yard, name: str, folder: str = "canvas") -> Operation:
    """The operation, which must end well."""
    return await yard.done(await yard.client.publish_workspace(name, PublishWorkspace(folder=folder)))


async def refused(yard: Yard, name: str, folder: str = "canvas") -> Exception:
    operation = await yard.client.publish_workspace(name, PublishWorkspace(folder=folder))
    ended = await yard.client.wait_operation(operation.id)
    assert ended.status is OperationStatus.UNDONE
    return error_from_document(dict(ended.error or {}))


def canvas(workspace: Workspace) -> Path:
    folder = Path(workspace.repos[0].path) / "canvas"
    folder.mkdir(exist_ok=True)
    return folder


async def test_a_page_is_there_once_published_and_gone_once_taken_back(yard: Yard) -> None:
    workspace = await yard.workspace(name="site")
    folder = canvas(workspace)
    (folder / "index.html").write_text("<h1>one</h1>")
    (folder / "a b").mkdir()
    (folder / "a b" / "größe.css").write_text("p {}")
    (folder / "data.bin").write_bytes(b"\x00" * 1_000_000)
    async with public(yard) as reader:
        assert (await reader.get("/site/"))[0] == 404
        done = await publish(yard, "site")
        assert (done.result["files"], done.result["left_out"]) == (3, [])
        shown = await yard.client.workspace("site")
        assert shown.published_at is not None and shown.published_by
        status, body, headers = await reader.get("/site/")
        assert (status, body) == (200, b"<h1>one</h1>")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("sandbox")
        assert not [key for key in headers if key.lower().startswith("access-control")]
        assert (await reader.get("/site"))[2]["Location"] == "/site/"
        assert (await reader.get("/site/a%20b/gr%C3%B6%C3%9Fe.css"))[1] == b"p {}"
        status, body, headers = await reader.get("/site/data.bin")
        assert (status, len(body), headers["Content-Disposition"]) == (200, 1_000_000, "attachment")
        assert (await reader.get("/site/data.bin", "HEAD"))[:2] == (200, b"")
        (folder / "index.html").write_text("<h1>two</h1>")
        assert (await reader.get("/site/"))[1] == b"<h1>one</h1>", "only what was published is shown"
        await publish(yard, "site")
        assert (await reader.get("/site/"))[1] == b"<h1>two</h1>"
        await yard.done(await yard.client.unpublish_workspace("site"))
        assert (await reader.get("/site/"))[0] == 404
        assert (await yard.client.workspace("site")).published_at is None
        with pytest.raises(ConflictError, match="nothing of 'site' is published"):
            await yard.client.unpublish_workspace("site")


async def test_what_is_removed_is_not_public_any_more(yard: Yard) -> None:
    workspace = await yard.workspace(name="site")
    (canvas(workspace) / "index.html").write_text("x")
    await publish(yard, "site")
    await yard.remove("site")
    assert list(yard.home.published.iterdir()) == list(yard.home.served.iterdir()) == []


async def test_links_dotfiles_devices_and_second_names_stay_private(yard: Yard, tmp_path: Path) -> None:
    workspace = await yard.workspace(name="site")
    folder = canvas(workspace)
    secret = folder.parent / "secret"
    secret.write_text("PLANTED")
    (folder / "index.html").write_text("fine")
    (folder / "link.html").symlink_to("../secret")
    (folder / "absolute.html").symlink_to("/etc/passwd")
    (folder / "out").symlink_to("..", target_is_directory=True)
    (folder / "second.html").hardlink_to(secret)
    (folder / ".env").write_text("PLANTED")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("PLANTED")
    (folder / "a\x1bb").write_text("PLANTED")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
    done = await publish(yard, "site")
    assert done.result["files"] == 1
    left = "\n".join(cast("list[str]", done.result["left_out"]))
    for name in ("link.html", "absolute.html", "out", "second.html", ".env", ".git", "pipe", "socket"):
        assert f"{name}: " in left
    copies = [path for path in yard.home.published.rglob("*") if not path.is_dir()]
    assert [path.name for path in copies] == ["index.html"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in yard.home.published.rglob("*"))


@pytest.mark.parametrize("folder", ["../..", "/etc", ".git", "canvas/../..", "canvas/.git", "a\x1b", "./.."])
async def test_a_folder_elsewhere_is_refused(yard: Yard, folder: str) -> None:
    await yard.workspace(name="site")
    with pytest.raises(UsageError, match="cannot be published"):
        await yard.client.publish_workspace("site", PublishWorkspace(folder=folder))


async def test_what_fails_leaves_the_old_copy(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = await yard.workspace(name="site")
    folder = canvas(workspace)
    (folder / "index.html").write_text("old")
    await publish(yard, "site")
    (folder / "index.html").write_text("new")
    elsewhere = folder.parent / "elsewhere"
    elsewhere.symlink_to("/etc", target_is_directory=True)
    (folder.parent / "empty").mkdir()
    assert isinstance(await refused(yard, "site", "elsewhere"), NotFoundError)
    assert isinstance(await refused(yard, "site", "no-such"), NotFoundError)
    assert "nothing to publish" in str(await refused(yard, "site", "empty"))
    monkeypatch.setattr("core.lifecycle.public_copy.BYTES_LIMIT", 2)
    assert "more than 0 MiB" in str(await refused(yard, "site"))
    monkeypatch.undo()
    monkeypatch.setattr("core.lifecycle.public_copy.FILES_LIMIT", 1)
    (folder / "b").write_text("b")
    assert "more than 1 files" in str(await refused(yard, "site"))
    async with public(yard) as reader:
        assert (await reader.get("/site/"))[1] == b"old"
    assert len(list(yard.home.published.iterdir())) == 1, "what failed has left something"


async def test_only_what_is_published_can_be_asked_for(yard: Yard) -> None:
    workspace = await yard.workspace(name="site")
    folder = canvas(workspace)
    (folder / "sub").mkdir()
    (folder / "sub" / "page.html").write_text("page")
    await publish(yard, "site")
    version = next(yard.home.published.iterdir())
    # Put there behind the server's back, as a defect in copying would.
    (version / ".env").write_text("PLANTED")
    (version / "out.html").symlink_to("/etc/passwd")
    (version / "up").symlink_to("/etc", target_is_directory=True)
    (version / ".linked").write_text("PLANTED")
    (version / "second.html").hardlink_to(version / ".linked")
    os.mkfifo(version / "pipe.html")
    (yard.home.served / "odd").symlink_to("/etc")
    paths = [
        "/", "/site/", "/site/sub/", "/site/.env", "/site/out.html", "/site/up/passwd", "/site/second.html",
        "/site/pipe.html", "/site/sub/../.env", "/site/%2e%2e/%2e%2e/boatyard.db",
        "/site/..%2f..%2fboatyard.db",
        "/site/sub%00/page.html", "/site//sub/page.html", "//site/sub/page.html", "/site/sub/page.html/",
        "/odd/", "/odd/passwd", "/versions/", "/served/", "/no-such/", "/Site/", "/%FF/", "/site/%FF",
        f"/{version.name}/sub/page.html", "/site/" + "a" * 5000, "/site/" + "a/" * 500,
        "/api/v1/tasks", "/../boatyard.db",
    ]  # fmt: skip
    async with public(yard) as reader:
        for path in paths:
            status, body, _ = await reader.get(path)
            assert status in (404, 400), (path, status, body)
            assert b"PLANTED" not in body and b"root:" not in body
        assert (await reader.get("/site/sub"))[2]["Location"] == "/site/sub/"
        assert (await reader.get("/site/sub/page.html"))[:2] == (200, b"page")
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            assert (await reader.get("/site/sub/page.html", method))[0] == 405
        for host in ("evil.example", f"evil.example:{reader.port}", "127.0.0.1:1"):
            assert (await reader.get("/site/sub/page.html", host=host))[0] == 403


SWAP = """
mkdir -p canvas real && echo fine > real/f.html
while :; do
  ln -sfn /etc canvas/d; ln -sf /etc/passwd canvas/f.html; ln -sf ../../.git/config canvas/g.html
  rm -rf canvas/d; mkdir canvas/d; echo inside > canvas/d/passwd
  cp real/f.html canvas/.t; mv -f canvas/.t canvas/f.html
  ln -f real/f.html canvas/h.html; rm -f canvas/h.html
  mv canvas canvas2; ln -s /etc canvas; rm canvas; mv canvas2 canvas
done
"""
"""Swaps files, folders and the folder itself for links while it is copied."""


@pytest.mark.container
@pytest.mark.usefixtures("docker_engine")
async def test_a_container_that_swaps_links_while_it_is_copied_leads_nowhere(yard: Yard) -> None:
    workspace = await yard.workspace(name="site", settings=docker_settings(IMAGE))
    try:
        argv = ("sh", "-c", SWAP)
        process = await yard.client.run_command("site", RunCommand(argv=argv))
        folder = Path(workspace.repos[0].path)
        done = 0
        for _ in range(300):
            operation = await yard.client.publish_workspace("site", PublishWorkspace())
            ended = await yard.client.wait_operation(operation.id)
            await asyncio.to_thread(_only_its_own, yard.home.published)
            done += ended.status is OperationStatus.DONE
            if done >= 30:
                break
        assert done, "it was never there to be copied"
        await yard.client.stop_process(process.id)
        assert folder.is_dir()
    finally:
        await yard.client.stop_workspace("site")
        await yard.remove("site")


def _only_its_own(published: Path) -> None:
    """Nothing is public that was not written inside."""
    for path in published.rglob("*"):
        assert not path.is_symlink(), path
        assert path.is_dir() or path.read_text() in ("fine\n", "inside\n", ""), path


async def test_the_doors_that_are_open_are_told_and_with_them_where_a_page_is(yard: Yard) -> None:
    assert await yard.client.doors() == ()
    async with public(yard) as reader:
        doors = await yard.client.doors()
        assert [(door.kind, door.port) for door in doors] == [("public", reader.port)]
        assert public_page(doors, "site") == f"http://127.0.0.1:{reader.port}/site/"

    async def shut() -> bool:
        return not await yard.client.doors()

    await until_async(shut)  # it shuts when the engine has seen that nobody holds it
    assert public_page(await yard.client.doors(), "site") == ""
