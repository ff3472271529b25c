"""What was said, run and written anywhere is found, with its place; secrets are not in the index."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.client import Client
from core.errors import NotFoundError, UsageError
from core.values.events import LogGrew
from core.values.requests import RunCommand, WantedSettings
from core.values.search import SearchHit
from tests.yard import Daemon, Yard


async def find(yard: Yard, text: str, *, workspace: str = "", kind: str = "") -> list[SearchHit]:
    await yard.engine.search.indexing.catch_up()
    return list((await yard.client.search(text, workspace=workspace, kind=kind)).hits)


async def run(yard: Yard, name: str, script: str) -> str:
    process = await yard.client.run_command(name, RunCommand(argv=("sh", "-c", script)))
    await yard.client.wait_process(process.id)
    return process.id


async def test_everything_is_found_in_its_place() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="Paint the lighthouse")
        turn = await yard.turn(workspace)
        script = "seq 1 500; printf 'a \\033[31mcrimson\\033[0m sail\\n'; echo reef >&2; seq 501 900"
        process = await run(yard, workspace.name, script)

        (hit,) = await find(yard, "crimson")
        assert (hit.workspace, hit.process_id, hit.kind) == (workspace.name, process, "output")
        assert (hit.text, hit.line, hit.before, hit.after) == (
            "a crimson sail",
            500,
            ("499", "500"),
            ("501", "502"),
        )
        chunk = await yard.client.log(process, offset=hit.offset, limit=9)
        assert chunk.text.startswith("a ")
        assert [h.text for h in await find(yard, "reef", kind="errors")] == ["reef"]
        assert {h.kind for h in await find(yard, "reef")} == {"errors", "command"}
        assert [(h.kind, h.process_id) for h in await find(yard, "lighthouse", kind="prompt")] == [
            ("prompt", turn.id)
        ]
        (answer,) = await find(yard, "lighthouse", kind="answer")
        assert answer.text == "did: Paint the lighthouse"
        entries = (await yard.client.conversation(workspace.name)).entries
        assert answer.entry_id in {entry.id for entry in entries if "lighthouse" in entry.text}
        other = await yard.workspace(title="other", name="other")
        assert await find(yard, "crimson", workspace=other.name) == []
        assert len(await find(yard, "crimson", workspace=workspace.name)) == 1

        pages, cursor = [], ""
        while True:
            page = await yard.client.search("9*", kind="output", limit=40, cursor=cursor)
            pages += [hit.line for hit in page.hits]
            cursor = page.cursor
            if not cursor:
                break
        wanted = [n for n in range(1, 901) if str(n).startswith("9")]
        assert len(pages) == len(set(pages)) == len(wanted)

        for query in ("NEAR(", '"', "*", "", "(a+)+$", "' OR 1=1 --"):
            assert (await yard.client.search(query)).cursor == ""
        with pytest.raises(UsageError, match="no kind"):
            await yard.client.search("x", kind="poem")
        with pytest.raises(UsageError, match="cursor"):
            await yard.client.search("x", cursor="\u00e9")
        with pytest.raises(NotFoundError):
            await yard.client.search("x", workspace="nowhere")


async def test_what_runs_is_found_while_it_runs_and_once() -> None:
    async with Yard() as yard:
        gate = yard.fifo()
        workspace = await yard.workspace()
        script = f"echo before; read line < {gate}; echo after"
        process = await yard.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
        async with yard.watch() as watch:
            if not (await yard.client.log(process.id)).size:
                await watch.until(LogGrew, lambda e: e.process_id == process.id)
        assert len(await find(yard, "before", kind="output")) == 1
        await yard.restart()
        await asyncio.to_thread(gate.write_text, "go\n")
        await yard.client.wait_process(process.id)
        assert [hit.line for hit in await find(yard, "before", kind="output")] == [0]
        assert [hit.line for hit in await find(yard, "after", kind="output")] == [1]


async def test_no_secret_is_in_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_SECRET", "hunter2correcthorse")
    async with Yard() as yard:
        settings = WantedSettings(secrets={"TOKEN": "env:THE_SECRET"})
        workspace = await yard.workspace(settings=settings)
        await run(yard, workspace.name, 'echo "it is $TOKEN here"')
        assert [hit.text for hit in await find(yard, "here", kind="output")] == [f"it is {'*' * 19} here"]
        assert await find(yard, "hunter2correcthorse") == []
        await yard.close()
        index = yard.home.state / "search.sqlite"
        parts = [index, index.with_name("search.sqlite-wal")]
        assert not any(b"hunter2correcthorse" in part.read_bytes() for part in parts if part.exists())
        await yard.open()


async def test_a_deleted_index_is_made_again() -> None:
    async with Yard() as yard:
        workspace = await yard.workspace(agent="writer", prompt="Paint the lighthouse")
        await yard.turn(workspace)
        assert len(await find(yard, "lighthouse", kind="prompt")) == 1
        await yard.close()
        for path in yard.home.state.glob("search.sqlite*"):
            path.unlink()
        await yard.open()
        assert len(await find(yard, "lighthouse", kind="prompt")) == 1


async def until_found(client: Client, text: str) -> None:
    """Returns when the index has caught up; nothing tells that, so it is asked again and again."""
    async with asyncio.timeout(60):
        while not (await client.search(text, kind="output")).hits:  # noqa: ASYNC110
            await asyncio.sleep(0.1)


@pytest.mark.slow
async def test_an_engine_killed_while_it_indexes_misses_and_doubles_no_line(tmp_path: Path) -> None:
    async with Daemon() as daemon:
        await daemon.start()
        workspace = await daemon.workspace()
        block = "seq $((i*1000)) $((i*1000+999)) | sed 's/^/n/'"
        script = f"i=0; while [ $i -lt 60 ]; do {block}; i=$((i+1)); sleep 0.05; done"
        process = await daemon.client.run_command(workspace.name, RunCommand(argv=("sh", "-c", script)))
        for _ in range(5):
            await asyncio.sleep(0.7)
            await daemon.restart()
        await daemon.client.wait_process(process.id)
        await daemon.stop()
        await daemon.start()
        async with Client(daemon.home.socket) as client:
            await until_found(client, "n59999")
        for number in (0, 1, 999, 1000, 31234, 59998):
            hits = (await daemon.client.search(f"n{number}", kind="output")).hits
            assert [hit.line for hit in hits] == [number]
