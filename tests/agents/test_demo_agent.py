"""The demonstration agent at work in real repositories."""

from __future__ import annotations

import ast
import json
import runpy
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from core.agents.bundled import BUNDLED_AGENTS, CONTAINED_AGENTS
from core.agents.driver import TurnRequest
from core.agents.profiles import built_in
from core.values.conversation import EntryKind, ToolState
from core.values.states import ProcessStatus
from tests.agents.conftest import git, make_repository
from tests.agents.pump import Played, play, reject, wait

DEMO = built_in()[0]
FILE = BUNDLED_AGENTS / "demo_agent.py"


async def test_it_asks_edits_commits_and_says_what_it_is(repository: Path, env: dict[str, str]) -> None:
    played = await play(DEMO, "Greet politely in hello.py", repository, env=env)
    assert played.ended.status is ProcessStatus.COMPLETED, played.errors
    assert "no model behind me" in played.of_kind(EntryKind.MESSAGE)[0].text
    assert (repository / "hello.py").read_text() == "print('hello')\n# Greet politely in hello.py\n"
    assert git(repository, env, "log", "-1", "--format=%s").strip() == "Demo: Greet politely in hello.py"
    assert git(repository, env, "status", "--porcelain") == ""
    assert [ask.tool_kind for ask in played.asked] == ["edit"]
    assert {item.status for item in played.of_kind(EntryKind.PLAN)[0].plan} == {"completed"}
    tools = [(entry.tool_kind, entry.state) for entry in played.of_kind(EntryKind.TOOL)]
    assert tools == [(kind, ToolState.COMPLETED) for kind in ("read", "edit", "execute")]
    assert played.ended.summary == "**Done.** I changed `hello.py` and committed it."


async def test_without_a_file_in_the_prompt_it_writes_notes(repository: Path, env: dict[str, str]) -> None:
    await play(DEMO, "Think about the weather", repository, env=env)
    assert (repository / "NOTES.md").read_text() == "# Notes\n\n- Think about the weather\n"


async def test_the_same_prompt_gives_the_same_files(tmp_path: Path, env: dict[str, str]) -> None:
    texts = []
    for name in ("one", "two"):
        repository = make_repository(tmp_path / name, env)
        await play(DEMO, "Write docs/guide.md and style.css", repository, env=env)
        texts.append({path: (repository / path).read_bytes() for path in ("docs/guide.md", "style.css")})
    assert texts[0] == texts[1]
    assert texts[0]["style.css"] == b"/* Write docs/guide.md and style.css */\n"


async def test_what_is_rejected_stays_as_it_was(repository: Path, env: dict[str, str]) -> None:
    played = await play(DEMO, "Greet in hello.py", repository, env=env, decide=reject)
    assert (repository / "hello.py").read_text() == "print('hello')\n"
    assert git(repository, env, "rev-list", "--count", "HEAD").strip() == "1"
    assert "You did not allow it" in played.text()
    assert played.ended.status is ProcessStatus.COMPLETED


async def test_a_follow_up_in_a_new_process_knows_the_earlier_prompt(
    repository: Path, env: dict[str, str]
) -> None:
    first = await play(DEMO, "Greet in hello.py", repository, env=env)
    second = await play(DEMO, "Louder", repository, env=env, session=first.session)
    assert second.session == first.session
    assert "Earlier you asked: “Greet in hello.py”" in second.text()
    assert (repository / "hello.py").read_text().endswith("# Louder (follow-up 1)\n")
    assert git(repository, env, "rev-list", "--count", "HEAD").strip() == "3"
    assert git(repository, env, "status", "--porcelain", "--ignored") == ""


async def test_among_several_repositories_it_works_where_the_file_is_or_in_the_first(
    tmp_path: Path, env: dict[str, str]
) -> None:
    for name in ("beta", "alpha"):
        make_repository(tmp_path / "code" / name, env)
    code = tmp_path / "code"
    await play(DEMO, "Change beta/hello.py", code, env=env)
    assert git(code / "beta", env, "log", "-1", "--format=%s").startswith("Demo: Change")
    await play(DEMO, "Take a note", code, env=env)
    assert git(code / "alpha", env, "log", "-1", "--format=%s").strip() == "Demo: Take a note"
    assert sorted(path.name for path in code.iterdir()) == ["alpha", "beta"]


async def test_it_stays_in_its_folder(tmp_path: Path, repository: Path, env: dict[str, str]) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("mine\n")
    (repository / "link.py").symlink_to(outside)
    prompt = f"Change ../outside.py and {outside} and link.py and .git/config.ini"
    played = await play(DEMO, prompt, repository, env=env)
    assert outside.read_text() == "mine\n"
    assert not (repository / ".git" / "config.ini").exists()
    assert played.text().count("is outside of the folder") == 4
    assert played.asked == []


async def test_without_a_repository_it_edits_and_does_not_commit(tmp_path: Path, env: dict[str, str]) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    played = await play(DEMO, "Write plan.txt", folder, env=env)
    assert (folder / "plan.txt").read_text() == "- Write plan.txt\n"
    assert "it is not committed" in played.text()
    assert [path.name for path in folder.iterdir()] == ["plan.txt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("data.json", b"{}\n"),
        ("latin.py", b"# \xe9\n"),
        ("zero.py", b"a\0b\n"),
        ("done.py", b"# Mark done.py\n"),
    ],
)
async def test_files_that_it_cannot_comment_are_left_alone(
    name: str, content: bytes, repository: Path, env: dict[str, str]
) -> None:
    (repository / name).write_bytes(content)
    played = await play(DEMO, f"Mark {name}", repository, env=env)
    assert (repository / name).read_bytes() == content
    assert "alone:" in played.text()
    assert "nothing to commit" in played.text()


async def test_line_ends_are_kept(repository: Path, env: dict[str, str]) -> None:
    (repository / "dos.py").write_bytes(b"a = 1\r\nb = 2")
    await play(DEMO, "Mark dos.py", repository, env=env)
    assert (repository / "dos.py").read_bytes() == b"a = 1\r\nb = 2\r\n# Mark dos.py\r\n"


async def test_it_commits_its_own_files_only_and_without_an_identity_too(
    repository: Path, env: dict[str, str]
) -> None:
    (repository / "staged.txt").write_text("the user's\n")
    git(repository, env, "add", "staged.txt")
    nobody = {name: value for name, value in env.items() if not name.startswith("GIT_")}
    nobody["GIT_CONFIG_GLOBAL"] = "/dev/null"
    nobody["EMAIL"] = ""
    await play(DEMO, "Greet in hello.py", repository, env=nobody)
    assert git(repository, env, "show", "--format=", "--name-only").split() == ["hello.py"]
    assert git(repository, env, "status", "--porcelain").strip() == "A  staged.txt"


async def test_a_refused_commit_is_told(repository: Path, env: dict[str, str]) -> None:
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho not today\nexit 1\n")
    hook.chmod(0o755)
    played = await play(DEMO, "Greet in hello.py", repository, env=env)
    commit = played.of_kind(EntryKind.TOOL)[-1]
    assert (commit.state, commit.output) == (ToolState.FAILED, "not today")
    assert "it is not committed" in played.text()


async def test_it_can_be_asked_to_fail(repository: Path, env: dict[str, str]) -> None:
    played = await play(DEMO, "Please fail", repository, env=env)
    assert played.ended.status is ProcessStatus.FAILED
    assert "this demonstration fails" in played.ended.reason


async def test_slow_work_gives_much_output_and_can_be_cancelled(
    repository: Path, env: dict[str, str]
) -> None:
    def much(played: Played) -> bool:
        return len(played.text()) > 1500

    played = await play(DEMO, "Work slowly on hello.py", repository, env=env, cancel_when=much)
    assert played.ended.status is ProcessStatus.KILLED
    assert played.exit_code == 0


async def test_cancelling_while_it_asks_leaves_the_file_alone(repository: Path, env: dict[str, str]) -> None:
    played = await play(
        DEMO, "Greet in hello.py", repository, env=env, decide=wait,
        cancel_when=lambda played: bool(played.asked),
    )  # fmt: skip
    assert played.ended.status is ProcessStatus.KILLED
    assert (repository / "hello.py").read_text() == "print('hello')\n"
    again = await play(DEMO, "Go on", repository, env=env, session=played.session)
    assert "Earlier you asked" in again.text()


def test_the_end_of_its_input_ends_it_even_while_it_works(repository: Path, env: dict[str, str]) -> None:
    messages = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": 1}},
        {"id": 2, "method": "session/new", "params": {"cwd": str(repository), "mcpServers": []}},
    ]
    agent = subprocess.Popen(
        [sys.executable, str(FILE)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )  # fmt: skip
    assert agent.stdin and agent.stdout
    with agent:
        agent.stdin.write(b"not JSON\n" + b"".join(json.dumps(m).encode() + b"\n" for m in messages))
        agent.stdin.flush()
        assert json.loads(agent.stdout.readline())["error"]["code"] == -32700
        agent.stdout.readline()
        session = json.loads(agent.stdout.readline())["result"]["sessionId"]
        prompt = {"sessionId": session, "prompt": [{"type": "text", "text": "Work slowly"}]}
        agent.stdin.write(
            json.dumps({"id": 3, "method": "session/prompt", "params": prompt}).encode() + b"\n"
        )
        agent.stdin.flush()
        agent.stdout.readline()
        agent.stdin.close()
        agent.stdout.read()
        assert agent.wait(timeout=10) == 0


@pytest.mark.container
def test_it_runs_in_a_container_with_nothing_but_python(docker_engine: str) -> None:
    launch = DEMO.launch(TurnRequest("p1", "Go", "/tmp"), contained=True)
    assert launch.argv == ("python3", f"{CONTAINED_AGENTS}/demo_agent.py")
    hello = json.dumps({"id": 1, "method": "initialize", "params": {"protocolVersion": 1}})
    done = subprocess.run(
        ["docker", "run", "--rm", "-i", "--network=none", f"--volume={BUNDLED_AGENTS}:{CONTAINED_AGENTS}:ro",
         docker_engine, *launch.argv],
        input=hello + "\n", capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert json.loads(done.stdout)["result"]["protocolVersion"] == 1


def test_it_needs_nothing_newer_than_python_3_9_and_nothing_installed() -> None:
    tree = ast.parse(FILE.read_text(), feature_version=(3, 9))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    tops = {str(name).partition(".")[0] for name in imported}
    assert tops <= sys.stdlib_module_names


def test_a_prompt_may_follow_as_soon_as_the_answer_to_the_one_before_is_read(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    program = runpy.run_path(str(FILE))
    answers: dict[int, dict[str, Any]] = {}
    ended = threading.Event()

    class Wire(program["Wire"]):  # type: ignore[misc, valid-type]  # of a program, not a module
        """A client that is never slower than the agent: it acts while the agent still writes."""

        def send(self, message: dict[str, Any]) -> None:
            if message.get("method") == "session/request_permission":
                agent._take({"method": "session/cancel", "params": {"sessionId": session}})
            elif message.get("method") is None:
                answers[message["id"]] = message
                if message["id"] == 1:
                    prompt(2)
                elif message["id"] == 2:
                    ended.set()

    agent = program["Agent"](Wire())
    agent._take({"id": 0, "method": "session/new", "params": {"cwd": str(repository), "mcpServers": []}})
    session = answers[0]["result"]["sessionId"]

    def prompt(number: int) -> None:
        text = [{"type": "text", "text": "Polish hello.py"}]
        params = {"sessionId": session, "prompt": text}
        agent._take({"id": number, "method": "session/prompt", "params": params})

    prompt(1)
    assert ended.wait(60)
    assert [answers[number].get("result") for number in (1, 2)] == [{"stopReason": "cancelled"}] * 2
