"""`boatyard process`: list, show, logs, stop; and how a process's log is followed."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import Output, short, took, when
from core.cli.verb import Verb
from core.client import Client
from core.errors import UnreachableError
from core.values.entities import Process
from core.values.events import LogGrew, ProcessChanged, Reset
from core.values.requests import PruneLogs
from core.values.states import ProcessStatus

CHUNK = 2**18
LINES = 2000
TAIL_BYTES = 2**16


def outcome(process: Process) -> int:
    """The exit code that a command gives for a process: its own, or 1 when it failed without one."""
    if process.status is ProcessStatus.COMPLETED:
        return 0
    return process.exit_code if process.exit_code and process.exit_code < 256 else 1


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        found = await client.processes(call.args.workspace or "")
    rows = [
        (short(p.id), p.workspace, p.run_reason.value, p.status.value, _code(p), when(p.started_at), p.label)
        for p in found
    ]
    call.out.table(found, ("ID", "WORKSPACE", "REASON", "STATUS", "EXIT", "STARTED", "WHAT"), rows)


async def show(call: Invocation) -> None:
    async with call.engine() as client:
        process = await client.process(call.args.process)
    out = call.out
    out.document(process)
    out.line(f"id         {process.id}")
    out.line(f"workspace  {process.workspace}")
    out.line(f"what       {process.run_reason.value}: {process.label}")
    if process.command and process.command != process.label:
        out.line(f"command    {process.command}")
    out.line(f"status     {process.status.value}" + (f" ({process.reason})" if process.reason else ""))
    out.line(f"exit code  {_code(process)}")
    out.line(f"started    {when(process.started_at)}, took {took(process.started_at, process.completed_at)}")


async def logs(call: Invocation) -> None:
    async with call.engine() as client:
        process = await client.process(call.args.process)
        tail = max(0, call.args.tail)
        await print_log(call.out, client, process.id, call.args.stream, follow=call.args.follow, tail=tail)


async def prune(call: Invocation) -> None:
    async with call.engine() as client:
        report = await client.prune_logs(PruneLogs(dry_run=call.args.dry_run))
    rows = [
        (short(log.process_id), log.workspace, when(log.completed_at), str(log.size), log.label)
        for log in report.logs
    ]
    call.out.table(report, ("ID", "WORKSPACE", "ENDED", "BYTES", "WHAT"), rows)
    if not call.out.json:
        call.out.note(f"{report.size} bytes " + ("would be removed" if report.dry_run else "were removed"))


async def stop(call: Invocation) -> None:
    async with call.engine() as client:
        process = await client.stop_process(call.args.process)
    call.out.result(process, f"process {short(process.id)} is {process.status.value}")


async def print_log(
    out: Output, client: Client, process_id: str, stream: str = "out", *, follow: bool, tail: int = 0
) -> None:
    """Prints a whole log by windows, and with `follow` what comes until the process has ended."""
    if follow:
        await follow_log(out, client, process_id, stream)
        return
    if tail:
        await _print_tail(out, client, process_id, stream, tail)
        return
    offset = 0
    while True:
        chunk = await client.log(process_id, stream=stream, offset=offset, limit=CHUNK)
        _emit(out, chunk.offset, chunk.text)
        if chunk.removed:
            out.note("this log was removed for its age or size; see [logs] in config.toml")
        if chunk.next_offset >= chunk.size or chunk.next_offset == offset:
            break
        offset = chunk.next_offset


async def _print_tail(out: Output, client: Client, process_id: str, stream: str, tail: int) -> None:
    """Prints the last lines of a log."""
    start = -tail
    while True:
        window = await client.lines(process_id, stream=stream, start=start, limit=LINES)
        text = "".join(f"{line}\n" for line in window.lines)
        _emit(out, window.offset, text)
        start = window.start + len(window.lines)
        if not window.lines or start >= window.total:
            break


async def follow_log(out: Output, client: Client, process_id: str, *streams: str) -> None:
    """Prints a process's output from its beginning until it has ended.

    Args:
        out: Where to; of two streams, what came through `err` goes to standard error.
        client: The engine's.
        process_id: Whose.
        streams: One of `out`, `err` and `in`, or the first two.
    """
    since = (await client.snapshot()).sequence
    offsets = dict.fromkeys(streams, 0)
    if await _print_grown(out, client, process_id, offsets):
        return
    async for event in client.events(since):
        touched = isinstance(event, LogGrew) and event.process_id == process_id
        changed = isinstance(event, ProcessChanged) and event.process.id == process_id
        if (touched or changed or isinstance(event, Reset)) and await _print_grown(
            out, client, process_id, offsets
        ):
            return
    raise UnreachableError(
        "the engine went away while the log was followed",
        hint=f"The process goes on: boatyard process logs -f {short(process_id)}",
    )


async def _print_grown(out: Output, client: Client, process_id: str, offsets: dict[str, int]) -> bool:
    """Prints what has come since; whether that was all there will be."""
    all_ended = True
    for stream, offset in offsets.items():
        to_error = stream == "err" and len(offsets) > 1
        offsets[stream], ended = await _print_from(out, client, process_id, stream, offset, to_error)
        all_ended = all_ended and ended
    return all_ended


async def _print_from(
    out: Output, client: Client, process_id: str, stream: str, offset: int, to_error: bool
) -> tuple[int, bool]:
    while True:
        chunk = await client.log(process_id, stream=stream, offset=offset, limit=CHUNK)
        _emit(out, chunk.offset, chunk.text, to_error)
        if chunk.ended:
            return chunk.next_offset, True
        if chunk.next_offset == offset or chunk.next_offset >= chunk.size:
            return chunk.next_offset, False
        offset = chunk.next_offset


def _emit(out: Output, offset: int, text: str, to_error: bool = False) -> None:
    if not text:
        return
    if out.json:
        out.document({"offset": offset, "text": text})
    else:
        out.data(text, to_error=to_error)


def _code(process: Process) -> str:
    return "-" if process.exit_code is None else str(process.exit_code)


def _process(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("process", help="id or the beginning of it")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", help="only those of this workspace")


def declare_log(parser: argparse.ArgumentParser) -> None:
    """Options of the verbs that print logs."""
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the process has ended")
    parser.add_argument("--stream", choices=("out", "err"), default="out")
    parser.add_argument("--tail", type=int, default=0, metavar="N", help="only the last N lines")


def _prune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say what would be removed")


def _logs(parser: argparse.ArgumentParser) -> None:
    _process(parser)
    declare_log(parser)


VERBS = (
    Verb("process", "list", "list processes, the newest first", show_all, _list, aliases=("ls",)),
    Verb("process", "show", "show how a process did", show, _process),
    Verb("process", "logs", "print what a process wrote", logs, _logs),
    Verb("process", "prune", "remove the logs that the settings do not keep any longer", prune, _prune),
    Verb("process", "stop", "end a process and what it started", stop, _process),
)
