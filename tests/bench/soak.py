"""An engine under load that is killed again and again: nothing may be lost, doubled or left behind.

Run it with `python -m tests.bench.soak [KILLS] [SEED]`. Several workspaces on the host are worked on at
once: prompts are sent and queued, answered by a command and by the bundled demonstration agent, checkpoints
taken, work merged, workspaces made and removed. The engine dies by SIGKILL at moments that the seed
chooses, and is started again; whoever asked asks again until there is an answer. At the end a model of what
was acknowledged is compared with what is there. The same seed chooses the same things to do and the same
moments; what the machine makes of them differs from run to run.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.errors import BoatyardError, ConflictError, NotFoundError, UnreachableError
from core.values.entities import Process
from core.values.requests import (
    AddTask,
    MergeWorkspace,
    NewWorkspace,
    RemoveWorkspace,
    SendPrompt,
    TakeCheckpoint,
    WantedSettings,
)
from core.values.states import OperationStatus, ProcessStatus, RunReason, WorkspaceState
from tests.bench import soak_checks
from tests.bench.soak_checks import Worked, lines_of
from tests.yard import HOST, Daemon, git

T = TypeVar("T")

LINES = 300
"""Lines that one answer prints."""
WORKSPACES = 3
DEMO_LINE = "- "
"""What the demonstration agent begins a line with in a Markdown file."""
LONGEST_LIFE = 4.0
"""Seconds that an engine lives at most once it has answered."""
PATIENCE = 120.0
"""Seconds that anything may take once nothing is killed any more."""
AGENTS = f"""
[agents.worker]
kind = "command"
command = ["sh", "-c", '''
p=$(printf %s "$1" | head -n 1)
i=0; while [ $i -lt {LINES} ]; do i=$((i+1)); echo "$p $i"; done
echo "$p" >> "${{p%% *}}.md"; git add -A; git commit -qm "$p"
''', "sh", "{{prompt}}"]
"""


def is_workers(prompt: str) -> bool:
    """Whether the command answers it, and not the demonstration agent."""
    return " in " not in prompt


class Soak:
    """One soak: its load, its faults, and what it found wrong."""

    def __init__(self, daemon: Daemon, kills: int, seed: int) -> None:
        self.daemon = daemon
        self.kills = kills
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        """Acknowledged operations, by kind."""
        self.refused: Counter[str] = Counter()
        """What was refused because of something else that was under way, by kind."""
        self.losses: list[str] = []
        self.workspaces: list[Worked] = []
        self._over = False
        self._up = asyncio.Event()

    async def run(self) -> None:
        """Loads and kills, then lets everything come to rest and compares."""
        repository = self.daemon.repository()
        await self.daemon.start()
        self._up.set()
        await self.daemon.task("first", repository)
        workers = [asyncio.create_task(self._work(f"dock{number}")) for number in range(WORKSPACES)]
        try:
            await self._kill_again_and_again()
            self._over = True
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*workers)
                await self._rest()
            await self._compare()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _kill_again_and_again(self) -> None:
        for _ in range(self.kills):
            await asyncio.sleep(self.random.uniform(0.0, LONGEST_LIFE))
            self._up.clear()
            await self.daemon.kill()
            await self.daemon.start()
            self._up.set()

    async def _ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Asks until there is an answer: an engine that died may or may not have done it."""
        while True:
            await self._up.wait()
            try:
                return await call()
            except UnreachableError:
                await asyncio.sleep(0.02)  # the killer has perhaps not said yet that it is down

    async def _work(self, name: str) -> None:
        """Works in workspaces of one name after the other, until the soak is over."""
        chance = random.Random(f"{name} {self.random.random()}")
        generation = 0
        while not self._over:
            generation += 1
            worked = Worked(f"{name}-{generation}")
            self.workspaces.append(worked)
            await self._make(worked)
            for _ in range(chance.randint(6, 14)):
                if self._over:
                    break
                await self._something(worked, chance)
                await asyncio.sleep(chance.uniform(0.0, 0.3))
            if not self._over and chance.random() < 0.5:
                await self._remove(worked)

    async def _something(self, worked: Worked, chance: random.Random) -> None:
        match chance.choices(["send", "demo", "checkpoint", "merge", "look"], [6, 1, 1, 1, 2])[0]:
            case "send":
                await self._send(worked, "worker")
            case "demo":
                await self._send(worked, "demo")
            case "checkpoint":
                await self._checkpoint(worked)
            case "merge":
                await self._merge(worked)
            case _:
                await self._ask(lambda: self.daemon.client.conversation(worked.name))
                self.done["look"] += 1

    async def _make(self, worked: Worked) -> None:
        """A new workspace: asked for again where the engine took it back."""
        task = await self._ask(
            lambda: self.daemon.client.add_task(AddTask(project="harbour", title=f"Task of {worked.name}"))
        )
        body = NewWorkspace(task=task.id, name=worked.name, settings=WantedSettings(approve="all"))
        while True:
            try:
                operation = await self._ask(lambda: self.daemon.client.new_workspace(body))
                ended = await self._ask(lambda: self.daemon.client.wait_operation(operation.id))  # noqa: B023
                made = ended.status is OperationStatus.DONE
            except ConflictError:  # it was begun, and the answer was lost
                made = await self._created(worked.name)
            if made:
                self.done["create"] += 1
                return
            self.refused["create"] += 1

    async def _created(self, name: str) -> bool:
        """Whether a workspace whose creation was not acknowledged is there, once that is decided."""
        while True:
            snapshot = await self._ask(self.daemon.client.snapshot)
            found = [each for each in snapshot.workspaces if each.name == name]
            if not found or found[0].state is not WorkspaceState.CREATING:
                return bool(found)
            await asyncio.sleep(0.05)

    async def _send(self, worked: Worked, agent: str) -> None:
        prompt = f"{worked.name} {len(worked.sent)}"
        if agent == "demo":
            prompt += f" in {worked.name}-notes.md"
        body = SendPrompt(prompt=prompt, agent=agent, request_id=prompt)
        # Known before it is acknowledged: it is asked for until it is.
        worked.sent.append(prompt)
        await self._ask(lambda: self.daemon.client.send(worked.name, body))
        self.done["send"] += 1

    async def _checkpoint(self, worked: Worked) -> None:
        message = f"kept {len(worked.checkpoints)}"
        await self._ask(
            lambda: self.daemon.client.take_checkpoint(worked.name, TakeCheckpoint(message=message))
        )
        worked.checkpoints.append(message)
        self.done["checkpoint"] += 1

    async def _merge(self, worked: Worked) -> None:
        carried_out = len(await self._ended(worked.name))
        try:
            await self._ask(lambda: self.daemon.client.merge(worked.name, MergeWorkspace()))
        except ConflictError:  # another merge moved the target, or an operation is under way
            self.refused["merge"] += 1
            return
        worked.merged = max(worked.merged, carried_out)
        self.done["merge"] += 1

    async def _remove(self, worked: Worked) -> None:
        try:
            operation = await self._ask(
                lambda: self.daemon.client.remove_workspace(worked.name, RemoveWorkspace(force=True))
            )
            await self._ask(lambda: self.daemon.client.wait_operation(operation.id))
        except ConflictError:
            self.refused["remove"] += 1
            return
        except NotFoundError:  # it was removed, and the answer was lost
            pass
        worked.removed = True
        self.done["remove"] += 1

    async def _turns(self, name: str) -> list[Process]:
        """The turns of a workspace, the first at the beginning."""
        processes = await self._ask(lambda: self.daemon.client.processes(name))
        return [each for each in reversed(processes) if each.run_reason is RunReason.CODING_AGENT]

    async def _ended(self, name: str) -> list[Process]:
        return [each for each in await self._turns(name) if each.status is ProcessStatus.COMPLETED]

    async def _rest(self) -> None:
        """Returns when nothing runs and nothing waits."""
        client = self.daemon.client
        for worked in self._live():
            while True:
                found = await client.workspace(worked.name)
                if found.queue_paused:
                    self.losses.append(f"the queue of {worked.name} is paused: {found.queue_paused}")
                    break
                if not found.queued and found.turns >= len(worked.sent):
                    break
                await asyncio.sleep(0.05)
            for process in await client.processes(worked.name):
                await client.wait_process(process.id)

    def _live(self) -> list[Worked]:
        return [worked for worked in self.workspaces if not worked.removed]

    async def _compare(self) -> None:
        """The model against what is there, with the engine running, then without it."""
        processes: set[str] = set()
        for worked in self._live():
            processes |= {each.id for each in await self.daemon.client.processes(worked.name)}
            await self._compare_turns(worked)
            numbers = [each.message for each in await self.daemon.client.checkpoints(worked.name)]
            self.losses += [
                f"{worked.name}: {each} is lost" for each in worked.checkpoints if each not in numbers
            ]
        self._compare_merges()
        await self.daemon.stop()
        home, repository = self.daemon.home, self.daemon.folder / "repo"
        live = {each.name for each in self._live()}
        removed = {each.name for each in self.workspaces if each.removed}
        self.losses += [
            *soak_checks.database_wrongs(home),
            *soak_checks.repository_wrongs(repository),
            *soak_checks.depot_wrongs(home, live | removed),
            *soak_checks.folder_wrongs(home, live, removed, processes),
            *soak_checks.locks_below(home.depots, home.workspaces, repository),
        ]

    async def _compare_turns(self, worked: Worked) -> None:
        """Every acknowledged prompt once and in order; every byte of every answer once."""
        turns = await self._turns(worked.name)
        prompts = [(await self.daemon.client.turn(each.id)).prompt for each in turns]
        if prompts != worked.sent:
            self.losses.append(f"{worked.name} was told {prompts}, not {worked.sent}")
        for process, prompt in zip(turns, prompts, strict=True):
            if process.status is not ProcessStatus.COMPLETED:
                self.losses.append(f"{prompt!r} ended as {process.status.value}: {process.reason}")
            elif is_workers(prompt):
                chunk = await self.daemon.client.log(process.id, offset=0, limit=2**20)
                if chunk.text != lines_of(prompt, LINES):
                    self.losses.append(f"the log of {prompt!r} has {len(chunk.text)} bytes, and not its own")
        told = self.daemon.home.workspaces / worked.name / "code" / "repo" / f"{worked.name}.md"
        wanted = list(filter(is_workers, prompts))
        lines = told.read_text().splitlines() if told.exists() else []
        found = [line for line in lines if not line.startswith(DEMO_LINE)]
        if found != wanted:
            self.losses.append(f"{worked.name} carried out {found}, not {wanted}")

    def _compare_merges(self) -> None:
        """What a merge that was acknowledged brought is on the target branch."""
        repository = self.daemon.folder / "repo"
        on_target = git(repository, "log", "--format=%s", "main").splitlines()
        for worked in self.workspaces:
            for prompt in filter(is_workers, worked.sent[: worked.merged]):
                if on_target.count(prompt) != 1:
                    self.losses.append(f"{prompt!r} landed {on_target.count(prompt)} times")


async def soak(kills: int, seed: int) -> Soak:
    """Runs one soak and prints what happened."""
    began = time.monotonic()
    os.environ["BOATYARD_DEMO_PACE"] = "0"
    async with Daemon(HOST + AGENTS) as daemon:
        each = Soak(daemon, kills, seed)
        try:
            await each.run()
        except (BoatyardError, TimeoutError) as error:
            each.losses.append(f"it did not come to rest: {error!r}")
        operations = ", ".join(f"{count} {kind}" for kind, count in sorted(each.done.items()))
        print(
            f"seed {seed}   faults {kills}   operations {each.done.total()} ({operations})   "
            f"refused {each.refused.total()}   losses {len(each.losses)}   {time.monotonic() - began:.0f} s"
        )
        for loss in each.losses:
            print(f"lost: {loss}")
    return each


def main(kills: int = 40, seed: int = 1) -> int:
    return 1 if asyncio.run(soak(kills, seed)).losses else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:3])))
