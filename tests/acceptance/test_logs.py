"""Logs by line, what was run and how it ended, and old logs removed with a report."""

from __future__ import annotations

import pytest

from core.engine.conversations import REMOVED
from core.errors import UsageError
from core.values.conversation import EntryKind
from core.values.events import Noticed
from core.values.requests import PruneLogs, RunCommand
from core.values.states import ProcessStatus
from tests.yard import AGENTS, HOST, Yard


async def run(yard: Yard, name: str, *argv: str) -> str:
    process = await yard.client.run_command(name, RunCommand(argv=argv))
    await yard.client.wait_process(process.id)
    return process.id


async def test_lines_from_any_place_and_from_the_end() -> None:
    async with Yard() as yard:
        name = (await yard.workspace()).name
        process = await run(yard, name, "sh", "-c", "seq 0 99999; echo oops >&2; printf end")
        window = await yard.client.lines(process, start=70_000, limit=3)
        assert (window.lines, window.total, window.start) == (("70000", "70001", "70002"), 100_001, 70_000)
        chunk = await yard.client.log(process, offset=window.offset, limit=5)
        assert chunk.text == "70000"
        tail = await yard.client.lines(process, start=-2)
        assert (tail.lines, tail.ended) == (("99999", "end"), True)
        assert (await yard.client.lines(process, start=10**9)).lines == ()
        assert (await yard.client.lines(process, stream="err", start=0)).lines == ("oops",)
        with pytest.raises(UsageError, match="no stream"):
            await yard.client.lines(process, stream="in")


async def test_a_command_of_the_user_is_kept_with_all_about_it() -> None:
    async with Yard() as yard:
        name = (await yard.workspace()).name
        process = await run(yard, name, "sh", "-c", "echo 'to the log'; exit 7")
        await yard.restart()
        (found,) = [each for each in await yard.client.processes(name) if each.id == process]
        assert found.command == """sh -c 'echo '"'"'to the log'"'"'; exit 7'"""
        assert (found.run_reason, found.status, found.exit_code) == ("command", ProcessStatus.FAILED, 7)
        assert found.completed_at is not None and found.completed_at >= found.started_at
        assert (await yard.client.lines(process)).lines == ("to the log",)


async def test_old_logs_go_with_a_report_and_what_was_said_stays() -> None:
    async with Yard(f"{HOST}[logs]\nkeep_days = 30\n{AGENTS}") as yard:
        workspace = await yard.workspace(agent="writer", prompt="Paint the lighthouse")
        turn = await yard.turn(workspace)
        command = await run(yard, workspace.name, "echo", "crimson")
        running = await yard.client.run_command(workspace.name, RunCommand(argv=("sleep", "600")))
        await yard.engine.search.indexing.catch_up()
        assert (await yard.client.search("crimson", kind="output")).hits
        assert (await yard.client.prune_logs(PruneLogs())).logs == ()
        clock = yard.engine._context.clock
        yard.engine._context.clock = lambda: clock() + 31 * 24 * 3600
        would = await yard.client.prune_logs(PruneLogs(dry_run=True))
        assert {log.process_id for log in would.logs} == {turn.id, command}
        assert (await yard.client.lines(command)).lines == ("crimson",)
        async with yard.watch() as watch:
            await yard.engine.housekeeping._prune_logs()
            told = await watch.until(Noticed)
        assert "the logs of 2 ended processes were removed" in told.notice.text
        assert (await yard.client.log(command)).removed and (await yard.client.lines(command)).removed
        assert (await yard.client.process(command)).log_removed_at is not None
        entries = (await yard.client.conversation(workspace.name)).entries
        assert [(entry.kind, entry.text) for entry in entries] == [
            (EntryKind.USER, "Paint the lighthouse"),
            (EntryKind.NOTICE, REMOVED),
            (EntryKind.MESSAGE, "did: Paint the lighthouse"),
        ]
        assert (await yard.client.search("crimson", kind="output")).hits == ()
        assert (await yard.client.process(running.id)).log_removed_at is None
        await yard.restart()
        assert len((await yard.client.conversation(workspace.name)).entries) == 3
        yard.engine._context.clock = clock


async def test_too_much_goes_oldest_first_and_nothing_young() -> None:
    async with Yard(f"{HOST}[logs]\nmax_mb = 1\n{AGENTS}") as yard:
        name = (await yard.workspace()).name
        old = [await run(yard, name, "sh", "-c", "yes | head -c 600000") for _ in range(3)]
        assert (await yard.client.prune_logs(PruneLogs())).logs == (), "they have just ended"
        clock = yard.engine._context.clock
        yard.engine._context.clock = lambda: clock() + 7200
        report = await yard.client.prune_logs(PruneLogs())
        assert [log.process_id for log in report.logs] == old[:2]
        assert report.size >= 1_200_000


async def test_nothing_is_removed_where_the_settings_keep_all() -> None:
    async with Yard() as yard:
        with pytest.raises(UsageError, match="keep all logs"):
            await yard.client.prune_logs(PruneLogs())
