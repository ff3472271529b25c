"""What the engine knows: where workspaces can run, agents, containers without a workspace."""

from __future__ import annotations

import asyncio
from functools import partial

from core.cli.diagnosis.finding import Finding, State
from core.cli.diagnosis.tools import numbers
from core.client import Client
from core.client.launch import engine_answers, ensure_engine
from core.client.stop import restart_engine
from core.code_mark import code_mark
from core.errors import BoatyardError
from core.paths import Home
from core.values.entities import EngineStatus, RunnerInfo
from core.values.requests import PruneContainers
from core.values.states import RunnerKind

DOCKER_NEEDED = (20, 10)


async def engine(home: Home) -> list[Finding]:
    """Starts the engine when none runs, as every command does."""
    ran = await engine_answers(home)
    try:
        await ensure_engine(home)
        async with Client(home.socket, brief=True) as client:
            status = await client.engine_status()
            if status.code != await asyncio.to_thread(code_mark):
                return [_other_code(home, status)]
            findings = [
                Finding("engine", State.OK, f"process {status.pid}" + ("" if ran else ", started just now"))
            ]
            findings += [_runner(each) for each in status.runners]
            findings += _attention(status)
            findings.append(await _agents(client))
            findings += await _own_files(client)
            if any(each.kind is RunnerKind.DOCKER and each.available for each in status.runners):
                findings += await _orphans(home, client)
            return findings
    except BoatyardError as error:
        why = "Everything but this command needs it."
        return [Finding("engine", State.PROBLEM, error.message, why, error.hint)]


def _other_code(home: Home, status: EngineStatus) -> Finding:
    """Nothing else is asked of it: it may not know what this command asks."""
    what = f"process {status.pid} runs other code than this command: it was started before an update"
    why = "What is new does not work until it is started anew; what runs in workspaces goes on."
    return Finding("engine", State.WARNING, what, why, "boatyard engine restart", partial(_restart, home))


async def _restart(home: Home) -> str:
    running = await restart_engine(home)
    return "restarted" + (f"; processes that went on: {running}" if running else "")


def _runner(runner: RunnerInfo) -> Finding:
    if not runner.available:
        why = "Without it, workspaces run on the host, which isolates nothing."
        fix = "Install Docker and start it; your user must be allowed to use its socket."
        return Finding(runner.kind.value, State.WARNING, runner.detail, why, fix)
    found = numbers(runner.detail)
    if runner.kind is RunnerKind.DOCKER and (0, 0) < found < DOCKER_NEEDED:
        why = "Limits and networks of workspaces need what Docker has since 20.10."
        return Finding("docker", State.WARNING, f"{runner.detail} is too old", why, "Install a later Docker.")
    return Finding(runner.kind.value, State.OK, runner.detail)


def _attention(status: EngineStatus) -> list[Finding]:
    if not status.attention_trouble:
        return []
    why = "You are not told when an agent waits for you."
    fix = "See [attention] in config.toml."
    return [Finding("attention", State.PROBLEM, status.attention_trouble, why, fix)]


async def _agents(client: Client) -> Finding:
    agents = [agent for agent in await client.agents() if agent.available and not agent.demonstration]
    if agents:
        return Finding("agents", State.OK, ", ".join(agent.name for agent in agents))
    why = "The demonstration's agent works by itself, but has no model behind it."
    return Finding("agents", State.WARNING, "none installed", why, "'boatyard agent list' says how to.")


async def _own_files(client: Client) -> list[Finding]:
    """What the repositories would say of their set-up, and may not."""
    told, wrong = [], False
    for repo in await client.repos():
        try:
            seen = await client.own_file(repo.id)
        except BoatyardError:
            continue  # that the repository is gone is told where it is used
        if seen.found and not seen.trusted:
            told.append(seen.problem or f".boatyard.toml of {repo.name} is not trusted")
            wrong = wrong or bool(seen.problem)
    if not told:
        return []
    why = "New workspaces are made without the set-up that it describes."
    fix = "Correct it." if wrong else "Read it, and trust it if you do: boatyard repo trust NAME"
    return [Finding("own files", State.WARNING, "; ".join(told), why, fix)]


async def _orphans(home: Home, client: Client) -> list[Finding]:
    found = (await client.prune_containers(PruneContainers(dry_run=True))).containers
    if not found:
        return []
    names = ", ".join(each.name for each in found[:5]) + ("…" if len(found) > 5 else "")
    why = "They belong to no workspace any more, and take memory and disk."
    fix = "boatyard container prune"
    return [
        Finding(
            "containers", State.WARNING, f"{len(found)} orphaned: {names}", why, fix, partial(_prune, home)
        )
    ]


async def _prune(home: Home) -> str:
    async with Client(home.socket, brief=True) as client:
        done = await client.prune_containers(PruneContainers(dry_run=False))
    return f"removed {', '.join(each.name for each in done.containers) or 'nothing: they are gone'}"
