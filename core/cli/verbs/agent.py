"""`boatyard agent`: list, test, add, remove."""

from __future__ import annotations

import argparse

from core.cli.invocation import Invocation
from core.cli.verb import Verb
from core.errors import UsageError
from core.values.entities import AgentInfo
from core.values.requests import AddAgent, TestAgent

KINDS = ("acp", "claude", "codex", "command", "terminal")


async def show_all(call: Invocation) -> None:
    async with call.engine() as client:
        agents = await client.agents(call.args.workspace)
    rows = [
        (agent.name, "yes" if agent.available else "no", agent.kind, _title(agent), agent.detail)
        for agent in agents
    ]
    call.out.table(agents, ("NAME", "USABLE", "KIND", "TITLE", "WHERE, OR HOW TO GET IT"), rows)


def _title(agent: AgentInfo) -> str:
    said = [agent.title]
    if agent.demonstration:
        said.append("(a demonstration, no model)")
    if agent.where == "host":
        said.append("(on this machine)")
    if agent.usual:
        said.append("(taken where none is named)")
    return " ".join(said)


async def test(call: Invocation) -> int:
    """Lets the agent answer one line, and says plainly what happened."""
    wanted = TestAgent(workspace=call.args.workspace, repo=call.args.repo, seconds=call.args.seconds)
    async with call.engine() as client:
        trial = await client.test_agent(call.args.agent, wanted)
    if trial.ok:
        answer = trial.answer.strip().partition("\n")[0][:200]
        lines = [f"{trial.name} works {trial.where}: it answered {answer!r} in {trial.seconds:.1f} s"]
    else:
        lines = [f"{trial.name} does not work {trial.where}: {trial.reason or 'it does not say why'}"]
    call.out.result(trial, *lines, *(f"  {line}" for note in trial.notes for line in note.splitlines()[:20]))
    return 0 if trial.ok else 1


async def add(call: Invocation) -> None:
    """Writes a profile into config.toml; it can be used at once."""
    args = call.args
    body = AddAgent(
        name=args.agent,
        kind=args.kind,
        command=tuple(args.command),
        title=args.title,
        env=dict(_pair(each) for each in args.env),
        install=args.install,
        approve=args.approve,
        model=args.model,
        mode=args.mode,
        where=args.where,
    )
    async with call.engine() as client:
        agent = await client.add_agent(body)
    state = f"found at {agent.detail}" if agent.available else f"not installed here: {agent.detail}"
    call.out.result(agent, f"agent {agent.name} added ({state}); try it: boatyard agent test {agent.name}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{text[:60]!r} is not NAME=VALUE", hint="For example --env LEVEL=high.")
    return name, value


async def remove(call: Invocation) -> None:
    async with call.engine() as client:
        await client.remove_agent(call.args.agent)
    call.out.result({"removed": call.args.agent}, f"agent {call.args.agent} removed from the settings")


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", default="", metavar="NAME", help="whether they can be used in it")


def _agent(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("agent", metavar="AGENT", help="name; see 'boatyard agent list'")


def _test(parser: argparse.ArgumentParser) -> None:
    _agent(parser)
    parser.add_argument("--workspace", default="", metavar="NAME", help="in its environment")
    parser.add_argument("--repo", default="", metavar="PATH", help="on this machine, in a copy of it")
    parser.add_argument("--seconds", type=float, default=120.0, help="after which it has failed")


def _add(parser: argparse.ArgumentParser) -> None:
    _agent(parser)
    parser.add_argument("--kind", default="acp", help="how it is spoken to: " + ", ".join(KINDS))
    parser.add_argument("--title", default="", help="for people")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE", help="a variable for it")
    parser.add_argument("--install", default="", metavar="WORDS", help="what to do to get it")
    parser.add_argument("--approve", default="ask", help="what it may do unasked: ask, edits or all")
    parser.add_argument("--model", default="", help="which model it is to use, in its own words")
    parser.add_argument("--mode", default="", help="which of its modes it is to work in, in its own words")
    parser.add_argument("--where", default="workspace", help="workspace, or host: on this machine")
    parser.add_argument("command", nargs="*", metavar="-- COMMAND", help="how it is started")


VERBS = (
    Verb(
        "agent", "list", "list the agents and whether they can be used here", show_all, _list, aliases=("ls",)
    ),
    Verb("agent", "test", "let an agent answer one line, and say what happened", test, _test),
    Verb("agent", "add", "add an agent to the settings, or replace one", add, _add),
    Verb("agent", "remove", "take an agent out of the settings", remove, _agent, aliases=("rm",)),
)
