"""Container engines that are not there, do not answer, or stop in the middle: told within seconds."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.errors import UnreachableError
from core.runners import Environment
from core.runners.docker import DockerRunner
from core.runners.docker.address import find_address

pytestmark = pytest.mark.slow

Answer = Callable[[bytes], Awaitable[bytes]]


@asynccontextmanager
async def engine(folder: Path, answer: Answer) -> AsyncIterator[str]:
    """A server on a Unix socket that gives `answer(request line)`, or nothing, to each request."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while line := (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")[0]:
                writer.write(await answer(line))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    path = folder / "e.sock"
    server = await asyncio.start_unix_server(serve, path)
    try:
        yield f"unix://{path}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


def response(document: object, status: str = "200 OK") -> bytes:
    body = json.dumps(document).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


async def silence(line: bytes) -> bytes:
    await asyncio.Event().wait()
    return b""


async def only_version(line: bytes) -> bytes:
    return response({"ApiVersion": "1.41"}) if b"/version" in line else await silence(line)


async def half(line: bytes) -> bytes:
    return b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"ApiVers'


async def failure(line: bytes) -> bytes:
    if b"/version" in line:
        return response({"ApiVersion": "1.41"})
    return response({"message": "storage is broken"}, "500 Internal Server Error")


@pytest.mark.parametrize("answer", [silence, only_version], ids=["never answers", "stops in the middle"])
async def test_an_engine_that_hangs_is_told_within_seconds(
    tmp_path: Path, environment: Environment, answer: Answer
) -> None:
    async with engine(tmp_path, answer) as address:
        runner = DockerRunner(address)
        since = time.monotonic()
        info = await runner.probe()
        assert not info.available and "does not answer within 3 s" in info.detail
        with pytest.raises(UnreachableError, match="does not answer within 3 s") as caught:
            await runner.ensure(environment)
        assert "restart" in caught.value.hint and caught.value.exit_code == 5
        assert time.monotonic() - since < 15


async def test_half_an_answer_is_told(tmp_path: Path) -> None:
    async with engine(tmp_path, half) as address:
        info = await DockerRunner(address).probe()
    assert not info.available and address in info.detail


async def test_an_engine_that_fails_is_told_with_its_own_words(tmp_path: Path) -> None:
    async with engine(tmp_path, failure) as address:
        info = await DockerRunner(address).probe()
    assert not info.available and "storage is broken" in info.detail


async def test_no_engine_is_told_with_what_to_do(tmp_path: Path, environment: Environment) -> None:
    runner = DockerRunner(f"unix://{tmp_path}/none.sock")
    assert not (await runner.probe()).available
    with pytest.raises(UnreachableError, match="no container engine answers") as caught:
        await runner.ensure(environment)
    assert "host runner" in caught.value.hint


async def test_an_engine_that_nobody_listens_to_any_more_is_told(tmp_path: Path) -> None:
    async with engine(tmp_path, silence) as address:
        pass
    assert "no container engine answers" in (await DockerRunner(address).probe()).detail


@pytest.mark.parametrize("address", ["tcp://10.0.0.1:2375", "ssh://me@example.com"])
async def test_an_engine_on_another_machine_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", address)
    info = await DockerRunner().probe()
    assert not info.available and "another machine" in info.detail


def test_the_chosen_docker_context_is_respected(tmp_path: Path) -> None:
    folder = tmp_path / "contexts" / "meta" / hashlib.sha256(b"mine").hexdigest()
    folder.mkdir(parents=True)
    (folder / "meta.json").write_text(json.dumps({"Endpoints": {"docker": {"Host": "unix:///mine.sock"}}}))
    (tmp_path / "config.json").write_text('{"currentContext": "mine"}')
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    assert find_address(environ) == "unix:///mine.sock"
    assert find_address({**environ, "DOCKER_HOST": "unix:///host.sock"}) == "unix:///host.sock"
    (tmp_path / "config.json").write_text("[broken")
    assert find_address(environ).startswith("unix:///")
