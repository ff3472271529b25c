"""Agents listed, tried, added and taken away, without the engine being started again."""

from __future__ import annotations

import pytest

from core.errors import ConfigError, ConflictError, NotFoundError, UsageError
from core.values.entities import AgentInfo
from core.values.requests import AddAgent, SendPrompt, TestAgent
from core.values.states import ProcessStatus
from tests.yard import Yard, docker_settings


def shell(text: str) -> tuple[str, ...]:
    return ("sh", "-c", text)


async def listed(yard: Yard, name: str, workspace: str = "") -> AgentInfo | None:
    return next((info for info in await yard.client.agents(workspace) if info.name == name), None)


async def test_the_demo_agent_works_in_an_empty_repository_and_leaves_nothing(yard: Yard) -> None:
    trial = await yard.client.test_agent("demo", TestAgent())
    assert trial.ok, trial
    assert trial.answer and trial.where == "on this machine, in an empty repository"
    assert list((yard.home.cache / "trials").iterdir()) == []


async def test_an_agent_is_added_and_used_at_once_and_comments_stay(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    path.write_text("# what I wrote\n[workspace]\nrunner = 'host'\ncpus = 3.0 # plenty\n")
    body = AddAgent(name="my.echo", kind="command", command=shell('cat; echo "$TIDE"'), env={"TIDE": "high"})
    info = await yard.client.add_agent(body)
    assert (info.kind, info.own, info.available) == ("command", True, True)
    trial = await yard.client.test_agent("my.echo", TestAgent())
    assert trial.ok and trial.answer.endswith("high")
    text = path.read_text()
    assert "# what I wrote" in text and "# plenty" in text and '[agents."my.echo"]' in text
    await yard.client.add_agent(AddAgent(name="my.echo", kind="claude", mode="plan"))
    again = await listed(yard, "my.echo")
    assert again is not None and (again.kind, again.mode) == ("claude", "plan")
    assert "TIDE" not in path.read_text()
    await yard.client.remove_agent("my.echo")
    assert await listed(yard, "my.echo") is None
    assert "echo" not in path.read_text() and "# plenty" in path.read_text()


async def test_an_agent_that_makes_no_sense_changes_nothing(yard: Yard) -> None:
    path = yard.home.config / "config.toml"
    before = path.read_text()
    for body, words in (
        (AddAgent(name="x", kind="telnet"), "kind 'telnet' is unknown"),
        (AddAgent(name="x y", kind="claude"), "cannot have this name"),
        (AddAgent(name="x", kind="acp"), "required field `command`"),
    ):
        with pytest.raises(ConfigError, match=words):
            await yard.client.add_agent(body)
    assert path.read_text() == before
    assert await listed(yard, "x") is None


async def test_only_agents_of_ones_own_can_be_removed(yard: Yard) -> None:
    with pytest.raises(NotFoundError, match="describe no agent 'claude'"):
        await yard.client.remove_agent("claude")


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo out of luck >&2; exit 3", "code 3"),
        ("exit 0", "without a word"),
        ("exec sleep 60", "not answered within 1 s"),
        ("exec no-such-program-anywhere", "code 127"),
    ],
)
async def test_an_agent_that_does_not_work_is_told_plainly(yard: Yard, script: str, words: str) -> None:
    await yard.client.add_agent(AddAgent(name="bad", kind="command", command=shell(script)))
    trial = await yard.client.test_agent("bad", TestAgent(seconds=1))
    assert not trial.ok and words in trial.reason


async def test_in_a_workspace_it_works_in_the_clone_and_its_conversation_stays_as_it_was(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n"})
    name = (await yard.workspace(repository)).name
    await yard.client.add_agent(AddAgent(name="where", kind="command", command=shell("pwd")))
    trial = await yard.client.test_agent("where", TestAgent(workspace=name))
    assert trial.ok and trial.answer.endswith("/code/repo")
    assert (await yard.client.conversation(name)).total == 0
    with pytest.raises(UsageError, match="a workspace and a repository"):
        await yard.client.test_agent("where", TestAgent(workspace=name, repo=str(repository)))
    await yard.done(await yard.client.close_workspace(name))
    with pytest.raises(ConflictError, match="is closed"):
        await yard.client.test_agent("where", TestAgent(workspace=name))


async def test_a_copy_of_a_repository_is_tried_in_and_the_original_stays(yard: Yard) -> None:
    repository = yard.repository("repo", {"README.md": "# Repo\n"})
    script = shell("cat README.md; echo changed > README.md")
    await yard.client.add_agent(AddAgent(name="w", kind="command", command=script))
    trial = await yard.client.test_agent("w", TestAgent(repo=str(repository)))
    assert trial.ok and trial.answer == "# Repo"
    assert (repository / "README.md").read_text() == "# Repo\n"
    with pytest.raises(UsageError, match="cannot be copied"):
        await yard.client.test_agent("w", TestAgent(repo=str(repository / "nowhere")))


@pytest.mark.parametrize("kind", ["acp", "claude", "codex"])
async def test_an_agent_that_dies_before_it_is_told_anything_says_how_to_get_it(
    yard: Yard, kind: str
) -> None:
    body = AddAgent(name="dead", kind=kind, command=shell("exit 127"), install="Ask the harbour master.")
    await yard.client.add_agent(body)
    workspace = await yard.workspace()
    for _ in range(3):
        await yard.client.send(workspace.name, SendPrompt(prompt="go", agent="dead"))
        ended = await yard.turn(workspace)
        assert ended.status is ProcessStatus.FAILED and "code 127" in ended.reason, ended
    entries = (await yard.client.conversation(workspace.name)).entries
    assert "Ask the harbour master." in entries[-1].text


@pytest.mark.container
async def test_a_container_is_asked_for_what_it_has_itself(yard: Yard, docker_engine: str) -> None:
    name = (await yard.workspace(settings=docker_settings(docker_engine))).name
    here = AddAgent(name="here", kind="command", command=("python3", "-c", "print('ready')"), where="host")
    await yard.client.add_agent(here)
    await yard.client.add_agent(AddAgent(name="inside", kind="command", command=shell("echo ready in $PWD")))
    await yard.client.add_agent(AddAgent(name="nowhere", kind="acp", command=("no-such-program",)))
    demo, inside = await listed(yard, "demo", name), await listed(yard, "inside", name)
    assert demo is not None and demo.available and demo.detail.endswith("python3")
    assert inside is not None and inside.available
    nowhere = await listed(yard, "nowhere", name)
    assert nowhere is not None and not nowhere.available and "Install the program" in nowhere.detail
    for agent in ("demo", "inside", "here"):
        trial = await yard.client.test_agent(agent, TestAgent(workspace=name))
        assert trial.ok, trial
    absent = await yard.client.test_agent("nowhere", TestAgent(workspace=name))
    assert not absent.ok and "127" in absent.reason


@pytest.mark.container
async def test_an_agent_on_the_host_works_against_the_clone_of_a_container(
    yard: Yard, docker_engine: str
) -> None:
    script = shell("test ! -e /boatyard || exit 9; echo made here > MADE.md; echo done")
    await yard.client.add_agent(AddAgent(name="here", kind="command", command=script, where="host"))
    workspace = await yard.workspace(settings=docker_settings(docker_engine))
    await yard.client.send(workspace.name, SendPrompt(prompt="go", agent="here"))
    ended = await yard.turn(workspace)
    assert (ended.status, ended.reason) == (ProcessStatus.COMPLETED, "")
    assert [file.path for file in (await yard.client.diff(workspace.name)).files] == ["MADE.md"]
