"""`boatyard engine`: start, stop, status, logs."""

from __future__ import annotations

import argparse
import asyncio
import time

from core.cli.invocation import Invocation
from core.cli.output import when
from core.cli.verb import Verb
from core.client import Client
from core.client.launch import engine_answers, engine_holds, ensure_engine
from core.errors import NotFoundError, UnreachableError
from core.values.wording import counted

STOP_SECONDS = 15.0
LOG_TAIL = 200_000
SHOWN_NOTICES = 10


async def start(call: Invocation) -> None:
    started = await ensure_engine(call.home)
    async with Client(call.home.socket, brief=True) as client:
        status = await client.engine_status()
    call.out.result(status, f"{'started' if started else 'runs already'}: process {status.pid}")


async def stop(call: Invocation) -> None:
    """Stops the engine; what runs goes on, and the next engine finds it."""
    if not await engine_answers(call.home):
        call.out.result({"stopped": False}, "no engine runs")
        return
    async with Client(call.home.socket, brief=True) as client:
        running = (await client.engine_status()).running
        await client.stop_engine()
    await _gone(call)
    left = f"; {running} running process{'es go' if running != 1 else ' goes'} on" if running else ""
    call.out.result({"stopped": True, "running": running}, f"stopped{left}")


async def _gone(call: Invocation) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while engine_holds(call.home) or await engine_answers(call.home):
        if time.monotonic() > deadline:
            raise UnreachableError(
                "the engine was told to stop and has not ended", hint="See 'boatyard engine logs'."
            )
        await asyncio.sleep(0.05)


async def status(call: Invocation) -> int | None:
    if not await engine_answers(call.home):
        call.out.result({"running": False}, "no engine runs; the next command starts one")
        return UnreachableError.exit_code
    async with Client(call.home.socket, brief=True) as client:
        found = await client.engine_status()
        notices = await client.notices()
    running = "1 process" if found.running == 1 else f"{found.running} processes"
    lines = [
        f"process    {found.pid}, version {found.version}, since {when(found.started_at)}",
        f"home       {found.home}",
        f"socket     {call.home.socket}",
        f"running    {running}, {counted(found.clients, 'client')}",
    ]
    for runner in found.runners:
        state = "can be used" if runner.available else "cannot be used"
        chosen = ", default" if runner.kind is found.default_runner else ""
        lines.append(f"runner     {runner.kind.value}: {state}{chosen} ({runner.detail})")
    lines += [f"notice     {when(notice.at)} {notice.text}" for notice in notices[-SHOWN_NOTICES:]]
    call.out.result(found, *lines)
    return None


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
    Verb("engine", "status", "say whether it runs, and what it can use", status),
    Verb("engine", "logs", "show the end of its log", logs, _lines),
)
