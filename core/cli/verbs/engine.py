"""`boatyard engine`: start, stop, restart, status, logs."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.verb import Verb
from core.client import Client
from core.client.launch import engine_answers, ensure_engine
from core.client.stop import restart_engine, stop_engine
from core.errors import NotFoundError, UnreachableError
from core.values.wording import counted

LOG_TAIL = 200_000
SHOWN_NOTICES = 10


async def start(call: Invocation) -> None:
    started = await ensure_engine(call.home)
    async with Client(call.home.socket, brief=True) as client:
        status = await client.engine_status()
    call.out.result(status, f"{'started' if started else 'runs already'}: process {status.pid}")


async def stop(call: Invocation) -> None:
    """Stops the engine; what runs goes on, and the next engine finds it."""
    running = await stop_engine(call.home)
    if running is None:
        call.out.result({"stopped": False}, "no engine runs")
        return
    left = f"; {running} running process{'es go' if running != 1 else ' goes'} on" if running else ""
    call.out.result({"stopped": True, "running": running}, f"stopped{left}")


async def restart(call: Invocation) -> None:
    """Lets the code that is here now take over; what runs goes on."""
    running = await restart_engine(call.home)
    async with Client(call.home.socket, brief=True) as client:
        found = await client.engine_status()
    on = f"; {_processes(running)} went on" if running else ""
    call.out.result(found, f"restarted: process {found.pid}{on}")


async def status(call: Invocation) -> int | None:
    if not await engine_answers(call.home):
        call.out.result({"running": False}, "no engine runs; the next command starts one")
        return UnreachableError.exit_code
    async with Client(call.home.socket, brief=True) as client:
        found = await client.engine_status()
        notices = await client.notices()
    lines = [
        f"process    {found.pid}, version {found.version}, since {when(found.started_at)}",
        f"home       {found.home}",
        f"socket     {call.home.socket}",
        f"running    {_processes(found.running)}, {counted(found.clients, 'client')}",
    ]
    for runner in found.runners:
        state = "can be used" if runner.available else "cannot be used"
        chosen = ", default" if runner.kind is found.default_runner else ""
        lines.append(f"runner     {runner.kind.value}: {state}{chosen} ({runner.detail})")
    lines += [f"notice     {when(notice.at)} {notice.text}" for notice in notices[-SHOWN_NOTICES:]]
    call.out.result(found, *lines)
    return None


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


async def logs(call: Invocation) -> None:
    if not call.home.log.exists():
        raise NotFoundError(f"there is no log at {call.home.log}", hint="No engine has run here yet.")
    with call.home.log.open("rb") as file:
        file.seek(max(0, call.home.log.stat().st_size - LOG_TAIL))
        lines = file.read().decode(errors="replace").splitlines()[-call.args.lines :]
    call.out.document({"path": str(call.home.log), "lines": lines})
    if not call.out.json:
        call.out.data("\n".join(lines) + "\n")


def _lines(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-n", "--lines", type=int, default=100, help="how many lines (100)")


VERBS = (
    Verb("engine", "start", "start the engine, if it does not run", start),
    Verb("engine", "stop", "stop the engine; running processes go on", stop),
    Verb("engine", "restart", "start it anew, as after an update; running processes go on", restart),
    Verb("engine", "status", "say whether it runs, and what it can use", status),
    Verb("engine", "logs", "show the end of its log", logs, _lines),
)
