"""Every verb, for people and with `--json`: one document that a program can read."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from core.cli.main import main
from core.cli.verbs import all_verbs
from core.client import Client
from core.paths import find_home
from core.values.events import ApprovalChanged, CheckpointTaken
from core.values.states import CheckpointKind
from tests.acceptance.user import git, make_repository
from tests.cli.conftest import Boatyard

pytestmark = pytest.mark.xdist_group("verbs")
"""The last test looks at what the others have called: all of them in one process."""

OTHERS = {
    "demo", "run", "mcp", "workspace new", "task start", "config edit", "workspace attach",
    "workspace screen", "workspace type", "workspace push", "keys", "serve",
    "completion",
}  # fmt: skip
"""Verbs with tests of their own, here or in the acceptance tests; so have those about containers."""
DONE: set[str] = set()


class Calls:
    """Each command twice: with `--json`, which gives exactly one document, and for people."""

    def __init__(self, boatyard: Boatyard) -> None:
        self._boatyard = boatyard

    def people(self, verb: str, *argv: str) -> str:
        """What people read of a refusal."""
        return self._boatyard(*verb.split(), *argv, ok=False).err

    def __call__(self, verb: str, *argv: str, twice: bool = True, codes: tuple[int, ...] = (0,)) -> Any:
        DONE.add(verb)
        answer = self._boatyard(*verb.split(), *(("--json", *argv) if argv else ("--json",)), ok=False)
        assert answer.code in codes, (verb, argv, answer)
        lines = answer.out.splitlines()
        assert len(lines) == 1, (verb, lines)
        if twice:
            people = self._boatyard(*verb.split(), *argv, ok=False)
            assert people.code in codes, (verb, argv, people)
            assert not people.out.startswith(("{", "[")), people.out
        return json.loads(lines[0])


@pytest.fixture
def call(boatyard: Boatyard) -> Calls:
    return Calls(boatyard)


def test_the_engine(call: Calls) -> None:
    assert call("engine start")["pid"] > 0
    assert call("engine status")["running"] == 0
    assert call("engine logs", "-n", "5")["lines"]
    assert call("engine restart", twice=False)["pid"]
    assert call("engine stop", twice=False)["stopped"] is True
    assert call("engine stop")["stopped"] is False
    assert call("engine status", codes=(5,)) == {"running": False}
    call("engine start")


def test_machine_and_settings(call: Calls, person: object) -> None:
    names = {finding["name"] for finding in call("doctor", codes=(0, 1))}
    assert {"python", "git", "sqlite", "disk", "modes", "settings", "engine", "host", "docker"} <= names
    assert call("version")["version"]
    assert call("config path")["exists"] is True
    assert call("config check")["workspace"]["runner"] == "host"
    assert call("config get", "workspace.network") == "full"
    assert next(each["keys"] for each in call("keys") if each["id"] == "merge") == ["m"]
    assert call("config set", "merge.style", "squash") == "squash"
    assert call("config set", "merge.style", "merge") == "merge"
    assert call("config unset", "merge.style")["in_file"] is False
    assert "workspace.cpus" in {each["key"] for each in call("config list")}
    added = call("agent add", "--kind", "command", "echoer", "--", "echo", "{prompt}")
    assert added["name"] == "echoer"
    assert call("agent test", "echoer")
    call("agent remove", "echoer", twice=False)
    agents = {agent["name"]: agent for agent in call("agent list")}
    assert agents["demo"]["demonstration"] and agents["writer"]["available"]


def test_backups(call: Calls, tmp_path: Path) -> None:
    call("engine start")
    file = tmp_path / "kept.zip"
    made = call("backup", str(file), twice=False)
    assert made["file"] == str(file) and made["bytes"] == file.stat().st_size
    other = ("--home", str(tmp_path / "other"))
    done = call("restore-backup", str(file), "--dry-run", *other)
    assert done["manifest"] == made["manifest"] and done["moved_aside"] is None


def test_projects_and_repos(call: Calls, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "alone", {"a": "a", ".boatyard.toml": "ports = [8080]\n"})
    repo = call("repo add", str(repository), twice=False)
    assert repo["path"] == str(repository)
    assert repo in call("repo list")
    changed = call("repo set", str(repository), "--setup-script", "true", "--parallel-setup", "yes")
    assert (changed["setup_script"], changed["parallel_setup"]) == ("true", True)
    assert call("repo show", "alone") == changed
    assert call("repo trust", "alone", "--yes")["names"] == ["ports 8080"]
    assert call("repo untrust", "alone") == changed
    project = call("project add", "alone", str(repository), twice=False)
    assert project["repo_ids"] == [repo["id"]]
    assert project in call("project list")
    assert call("project set", "alone", "--merge-style", "squash")["merge_style"] == "squash"
    assert call("project show", project["id"][:8])["name"] == "alone"
    override = call("project override", "alone", "alone", "--copy", ".env", "--setup-script", "mine")
    assert (override["copy_files"], override["setup_script"]) == ([".env"], "mine")
    assert call("project override", "alone", "alone", "--as-repo", "copy")["copy_files"] is None
    assert call("project set", "alone", "--remove-repo", str(repository), twice=False)["repo_ids"] == []
    assert call("project remove", "alone", twice=False)["removed"] == "alone"
    assert call("repo remove", repo["id"], twice=False)["removed"] == repo["id"]


def test_templates(call: Calls, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/file").write_text("x")
    added = call("template add", "small", "--folder", str(tmp_path), "--cpus", "1", twice=False)
    assert [file["path"] for file in added["files"]] == ["deep/file"]
    assert [each["name"] for each in call("template list")] == ["small"]
    assert call("template show", "small")["settings"] == {"cpus": 1.0}
    assert call("template remove", "small", twice=False)["removed"] == "small"


def test_tasks(call: Calls, boatyard: Boatyard) -> None:
    boatyard("project", "add", "tasks")
    task = call("task add", "First", "--project", "tasks", "--description", "long", twice=False)
    assert (task["title"], task["status"], task["description"]) == ("First", "todo", "long")
    assert task in call("task list", "--project", "tasks")
    assert call("task set", task["id"], "--title", "Renamed")["title"] == "Renamed"
    assert call("task show", task["id"][:8])["title"] == "Renamed"
    assert call("task done", task["id"])["status"] == "done"
    other = call("task add", "Beside it", "--project", "tasks", twice=False)
    beside = call("task move", other["id"], "--before", task["id"])
    assert beside["status"] == "done"
    assert call("task move", other["id"], "--status", "todo")["status"] == "todo"
    call("task remove", other["id"], twice=False)
    assert call("task cancel", task["id"])["status"] == "cancelled"
    assert call("task set", task["id"], "--status", "todo")["status"] == "todo"
    assert call("task list", "--status", "todo", "--project", "tasks")[0]["id"] == task["id"]
    call("task remove", task["id"], twice=False)
    assert call("task list", "--project", "tasks") == []


def code(call: Calls, workspace: str) -> Path:
    """The folder of the workspace's clone."""
    return Path(call("workspace show", workspace, twice=False)["repos"][0]["path"])


def test_a_workspace_from_its_run_to_its_end(call: Calls, workspace: str, repository: Path) -> None:
    shown = call("workspace show", workspace)
    assert (shown["name"], shown["turns"]) == (workspace, 1)
    assert shown["id"] in {one["id"] for one in call("workspace list")}
    assert call("workspace copied", workspace) == []
    assert call("workspace build-log", workspace)["text"] == ""
    assert call("status")["workspaces"] >= 1
    assert call("workspace network", workspace)["network"] == "full"
    assert call("workspace logs", workspace)["text"] == "did: Do it\n"
    assert [file["path"] for file in call("workspace diff", workspace)["files"]] == ["WORK.md"]
    assert "WORK.md" in {node["name"] for node in call("workspace files", workspace, "repo")}
    listed = call("workspace files", workspace, "repo", "--ignored")
    assert all(node["ignored"] is False for node in listed)
    assert call("workspace cat", workspace, "repo/WORK.md")["lines"] == ["Do it"]
    found = call("workspace grep", workspace, "do IT", "--ignore-case")["lines"]
    assert {"path": "repo/WORK.md", "line": 1, "text": "Do it"} in found
    assert call("workspace grep", workspace, "no such text", codes=(1,))["lines"] == []
    Image.new("RGB", (8, 4), "#ff0000").save(code(call, workspace) / "p.png")
    shown = call("workspace picture", workspace, "repo/p.png", "--width", "4")
    assert (shown["full_width"], shown["width"], shown["height"]) == (8, 4, 2)
    ended = call("workspace create-file", workspace, "repo/n.txt", "--content", "n", twice=False)
    assert ended["status"] == "done"
    call("workspace rename-file", workspace, "repo/n.txt", "repo/m.txt", twice=False)
    before = call("workspace delete-file", workspace, "repo/m.txt", twice=False)["result"]["before"]
    call("workspace restore-file", workspace, "repo/m.txt", str(before))
    step = call("workspace file-history", workspace, "repo/m.txt", "--limit", "1")["steps"][0]
    assert step["kind"] in ("now", "checkpoint") and step["change"] == "added"
    assert call("workspace cat", workspace, "repo/m.txt", "--at", step["commit"])["path"] == "repo/m.txt"
    call("workspace restore-file", workspace, "repo/m.txt", "--commit", step["commit"])
    assert "say where" in call.people("workspace restore-file", workspace, "repo/m.txt")
    call("workspace delete-file", workspace, "repo/m.txt", twice=False)
    assert call("workspace requests", workspace) == call("workspace queue", workspace) == []
    assert call("workspace send", workspace, "More", "--wait", twice=False)["status"] == "completed"
    assert call("workspace stop", workspace)["stopped"] == workspace
    process = call("process list", "--workspace", workspace)[0]
    assert call("process show", process["id"][:8])["exit_code"] == 0
    assert call("process logs", process["id"])["text"] == "did: More\n"
    assert call("process stop", process["id"])["status"] == "completed"
    assert call("workspace shell", workspace, twice=False)["argv"][0] == "sh"
    assert call("workspace exec", workspace, "--", "true")["exit_code"] == 0
    assert call("workspace merge", workspace, "--dry-run")["conflicts"] == []
    (merge,) = call("workspace merge", workspace, "-m", "Land", twice=False)["merges"]
    assert git(repository, "rev-parse", "main") == merge["commit"]
    (preview,) = call("workspace unmerge", workspace, "--dry-run")["repos"]
    (taken_back,) = call("workspace unmerge", workspace, twice=False)["repos"]
    assert git(repository, "rev-parse", "main") == taken_back["before"] != merge["commit"]
    assert taken_back == preview and "no merge of" in call.people("workspace unmerge", workspace)
    call("workspace merge", workspace, "-m", "Land", twice=False)
    remixed = call("workspace remix", workspace, "--as", "remixed", twice=False)
    assert (remixed["workspace"], remixed["status"]) == ("remixed", "done")
    assert call("workspace show", "remixed")["parent_workspace"] == workspace
    assert call("workspace pin", workspace)["pinned"] is True
    assert call("workspace pin", workspace, "--undo")["pinned"] is False
    assert call("workspace set", workspace, "--idle-minutes", "90")["idle_minutes"] == 90
    assert call("workspace archive", workspace, twice=False)["kind"] == "archive"
    assert [each["name"] for each in call("workspace list", "--archived")] == [workspace]
    assert call("workspace archive", workspace, "--undo", twice=False)["archived"] is False
    call("workspace restore", workspace, twice=False)
    assert call("workspace repair", workspace, twice=False)["kind"] == "repair"
    assert call("workspace network", workspace)["refused"] == []
    assert call("workspace recover") == []
    assert call("workspace purge", "--all", "--dry-run")["workspaces"] == []
    for verb in ("close", "restore", "remove", "recover"):
        argv = (workspace, "--force") if verb == "remove" else (workspace,)
        operation = call(f"workspace {verb}", *argv, twice=False)
        assert (operation["kind"], operation["status"]) == (verb, "done")


def test_checkpoints_and_their_files(call: Calls, workspace: str, tmp_path: Path) -> None:
    taken = call("workspace checkpoint", workspace, "-m", "kept", twice=False)
    assert taken["message"] == "kept"
    assert taken["number"] in {each["number"] for each in call("workspace checkpoints", workspace)}
    number, file = str(taken["number"]), str(tmp_path / "kept.zip")
    assert call("workspace diff", workspace, "--from", "1", "--to", number)["files"] != []
    assert call("workspace checkpoint-export", workspace, number, file, twice=False)["size"] > 0
    assert "already" in call.people("workspace checkpoint-export", workspace, number, file)
    assert call("workspace checkpoint-import", workspace, file, twice=False)["number"] == int(number) + 1
    assert call("workspace restore-to", workspace, number, twice=False)["kind"] == "restore-to"


async def _after_its_turn(name: str) -> None:
    """Returns when what follows the first turn of a workspace has been seen to."""
    async with Client(find_home().socket) as client, asyncio.timeout(20):
        since = (await client.snapshot()).sequence
        if any(each.kind is CheckpointKind.AFTER_TURN for each in await client.checkpoints(name)):
            return
        async for event in client.events(since):
            if isinstance(event, CheckpointTaken) and event.checkpoint.workspace == name:
                return


def test_updates_and_parts_of_diffs(call: Calls, workspace: str, repository: Path) -> None:
    asyncio.run(_after_its_turn(workspace))  # what is written from then on is no part of the turn
    folder = Path(call("workspace show", workspace)["repos"][0]["path"])
    (folder / "parts.txt").write_text("a\nb\n")
    assert workspace in {each["workspace"] for each in call("forecast")}
    assert call("workspace blame", workspace, "repo/parts.txt")[0]["origin"] == "hand"
    made = call("workspace comment", workspace, "parts.txt:1-2", "Why?", twice=False)
    assert (made["path"], made["first"], made["last"]) == ("parts.txt", 1, 2)
    assert call("workspace comments", workspace, "--resolve", made["id"][:8])["resolved"] is True
    assert call("workspace comments", workspace)[0]["id"] == made["id"]
    call("workspace comments", workspace, "--remove", made["id"], twice=False)
    other = call("workspace remix", workspace, "--as", "parted", twice=False)["workspace"]
    discarded = call("workspace discard", workspace, "parts.txt", "--new", "1", twice=False)
    assert discarded["status"] == "done" and (folder / "parts.txt").read_text() == "b\n"
    assert "line numbers" in call.people("workspace discard", workspace, "a", "b", "--new", "1")
    call("workspace discard", other, "parts.txt", twice=False)
    call("workspace take", workspace, "parts.txt", "--into", other, twice=False)
    assert (folder.parents[2] / other / "code/repo/parts.txt").read_text() == "b\n"

    for name, text in (("theirs.txt", "t\n"), ("parts.txt", "clash\n")):
        (repository / name).write_text(text)
        git(repository, "add", "-A")
        git(repository, "-c", "user.name=A", "-c", "user.email=a@b", "commit", "-qm", name)
        if name == "theirs.txt":
            assert call("workspace rebase", workspace, twice=False)["status"] == "done"
    assert call("workspace update", workspace, codes=(4,), twice=False)["status"] == "done"
    assert call("workspace conflict", workspace, "parts.txt")["theirs"] is not None
    taken = call("workspace conflict", workspace, "parts.txt", "--take", "ours", twice=False)
    assert taken["status"] == "done"
    assert call("workspace update", workspace, "--abort", twice=False)["status"] == "done"
    assert call("landing add", other, "--hold", twice=False)["entries"][0]["workspace"] == other
    assert call("landing list")["running"] is False
    assert call("landing stop")["running"] is False
    assert call("landing drop", other, twice=False)["entries"] == []
    assert call("landing start", twice=False)["entries"] == []
    task = call("workspace show", workspace)["task_id"]
    assert workspace in {each["workspace"] for each in call("task attempts", task)}
    call("repo set", "repo", "--check-script", "true")
    assert call("workspace check", workspace, twice=False)["passed"] is True
    call("repo set", "repo", "--check-script", "")
    boatyard_left = call("workspace remove", other, "--force", twice=False)
    assert boatyard_left["status"] == "done"
    assert isinstance(call("task choose", task, workspace, twice=False), list)


def test_permissions(call: Calls, boatyard: Boatyard, repository: Path) -> None:
    argv = ("--repo", str(repository), "--agent", "demo", "--json")
    for verb in ("approve", "reject"):
        name = boatyard("run", f"Describe README.md, {verb}", *argv).json["workspace"]["name"]
        asked = asyncio.run(_asked(boatyard, name))
        assert call("workspace requests", name)[0]["id"] == asked
        answered = call(f"workspace {verb}", name, asked[:8], twice=False)
        assert (answered["id"], answered["status"]) == (asked, "answered")
        boatyard("workspace", "stop", name)
        refused = boatyard("workspace", verb, name, ok=False)
        assert refused.code == 3 and "asks for permission" in refused.err


async def _asked(boatyard: Boatyard, name: str) -> str:
    """The id of the request that waits in a workspace, as soon as one does."""
    async with Client(find_home().socket) as client, asyncio.timeout(20):
        since = (await client.snapshot()).sequence
        for approval in await client.approvals(name):
            return approval.id
        async for event in client.events(since):
            if isinstance(event, ApprovalChanged) and event.approval.workspace == name:
                return event.approval.id
    raise AssertionError("the engine went away")


def test_set_up_that_fails_is_retried(call: Calls, boatyard: Boatyard, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "broken", {"a": "a"})
    boatyard("repo", "add", str(repository))
    boatyard("repo", "set", str(repository), "--setup-script", f"[ -e {tmp_path}/fixed ]")
    boatyard("project", "add", "broken", str(repository))
    task = boatyard("task", "add", "x", "--project", "broken", "--json").json
    failed = boatyard("workspace", "new", task["id"], "--name", "broken", ok=False)
    assert failed.code == 1
    assert "✗ run the set-up scripts" in failed.err
    assert "boatyard: the set-up script of broken failed: exit code 1\n" in failed.err
    (tmp_path / "fixed").touch()
    assert call("workspace retry", "broken", twice=False)["status"] == "done"
    boatyard("workspace", "remove", "broken", "--force")


def test_tags_and_drafts(call: Calls) -> None:
    assert call("tag add", "style", "Be brief.", twice=False)["name"] == "style"
    assert [tag["name"] for tag in call("tag list")] == ["style"]
    assert call("tag set", "style", "--content", "Be kind.")["content"] == "Be kind."
    assert call("tag show", "style")["content"] == "Be kind."
    assert call("tag remove", "style", twice=False) == {"removed": "style"}
    assert "no tag 'style'" in call.people("tag show", "style")
    draft = ("draft_follow_up", "somewhere")
    assert call("scratch set", *draft, '{"text": "half a sent"}')["payload"] == {"text": "half a sent"}
    assert call("scratch show", *draft)["payload"] == {"text": "half a sent"}
    assert call("scratch remove", *draft) == {"removed": "draft_follow_up/somewhere"}
    assert call("scratch show", *draft)["updated_at"] == 0
    assert "no kind 'drafts'" in call.people("scratch show", "drafts", "x")
    assert "no JSON object" in call.people("scratch set", *draft, "[]")


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


def test_steering(call: Calls, boatyard: Boatyard, workspace: str, tmp_path: Path) -> None:
    (tmp_path / "pixel.png").write_bytes(PIXEL)
    task = boatyard("workspace", "show", workspace, "--json").json["task_id"]
    (image,) = call("task attach", task, str(tmp_path / "pixel.png"))
    assert image["mime_type"] == "image/png"
    assert call("task images", task) == [image]
    assert call("task detach", task, image["id"][:8], twice=False) == {"removed": image["id"][:8]}
    sent = call("workspace send", workspace, "look", "--attach", str(tmp_path / "pixel.png"), "--wait")
    assert sent["status"] == "completed"
    assert call("workspace seen", workspace)["activity"] == "idle"
    assert "did not fail" in call.people("workspace resume", workspace)
    DONE.add("workspace resume")
    assert call("task set", task, "--budget-cost", "2.5", "--budget-turns", "9")["budget"]["cost"] == 2.5
    assert call("task show", task)["usage"]["total"]["turns"] == 3
    assert "of $2.50" in boatyard("task", "show", task).out
    assert call("task set", task, "--budget-cost", "none")["budget"]["cost"] is None
    assert "none has the number 9" in call.people("workspace rewind", workspace, "9")
    assert call("workspace rewind", workspace, "2", twice=False)["status"] == "done"
    assert call("workspace queue", workspace) == []
    assert call("search", "xylophone")["hits"] == []
    assert "keep all logs" in call.people("process prune", "--dry-run")
    DONE.add("process prune")
    assert boatyard("workspace", "logs", workspace, "--tail", "1").out == "did: Do it\n"
    assert call("workspace mode", workspace)["available"] == []
    assert call("workspace commands", workspace) == []
    (session,) = call("workspace sessions", workspace)
    said = call("workspace conversation", workspace, "--session", session["id"][:8], "--tail", "1")
    assert [entry["text"] for entry in said] == ["did: Do it"]
    assert boatyard("workspace", "conversation", workspace).out == "you: Do it\nagent: did: Do it\n"
    assert "no agent works" in call.people("workspace interrupt", workspace)
    DONE.add("workspace interrupt")
    assert "WORK.md" in [found["path"] for found in call("workspace paths", workspace, "wrk")]
    project = boatyard("project", "list", "--json").json[0]["name"]
    assert call("project rules", project) == []


def test_publishing(call: Calls, workspace: str) -> None:
    folder = Path(call("workspace show", workspace)["folder"]) / "repo" / "canvas"
    folder.mkdir()
    (folder / "index.html").write_text("x")
    assert call("workspace publish", workspace)["result"]["files"] == 1
    assert f"/{workspace}/ as soon as" in call.people("workspace publish", workspace)
    assert call("workspace unpublish", workspace, twice=False)["status"] == "done"
    assert "nothing of" in call.people("workspace unpublish", workspace)
    shutil.rmtree(folder)


def test_tokens(call: Calls) -> None:
    made = call("token add", "phone", "--scope", "write", "--expires", "12h", twice=False)
    assert made["secret"].startswith(f"boatyard_{made['token']['id']}_")
    (listed,) = call("token list")
    assert listed == made["token"]
    assert "there is a token named 'phone' already" in call.people("token add", "phone")
    assert call("token remove", "phone", twice=False) == {"removed": "phone"}


def test_dev_servers(
    call: Calls, boatyard: Boatyard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = make_repository(tmp_path / "served", {"a": "a"})
    script = 'exec python3 -u -m http.server --bind "$HOST" "$PORT"'
    boatyard("repo", "add", str(repository))
    boatyard("repo", "set", str(repository), "--dev-server-script", script)
    boatyard("project", "add", "served", str(repository))
    task = boatyard("task", "add", "x", "--project", "served", "--json").json
    boatyard("workspace", "new", task["id"], "--name", "served")
    (server,) = call("workspace dev", "start", "served", "--wait")
    assert server["url"].startswith("http://127.0.0.1:")
    assert call("workspace dev", "show", "served") == [server]
    assert server["url"] in boatyard("workspace", "show", "served").out
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22")
    port = server["url"].rstrip("/").rpartition(":")[2]
    assert f"ssh -L {port}:127.0.0.1:{port}" in boatyard("workspace", "dev", "show", "served").err
    assert call("workspace dev", "stop", "served") == []
    boatyard("workspace", "remove", "served", "--force")


def test_pushes(call: Calls, boatyard: Boatyard, tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "pushed", {"a": "a"})
    remote = tmp_path / "remote.git"
    git(tmp_path, "clone", "-q", "--bare", str(repository), str(remote))
    git(repository, "remote", "add", "origin", str(remote))
    boatyard("project", "add", "pushed", str(repository))
    task = boatyard("task", "add", "x", "--project", "pushed", "--json").json
    boatyard("workspace", "new", task["id"], "--name", "pushed")
    script = "echo b > b; git add b; git -c user.name=A -c user.email=a@b commit -qm b"
    boatyard("workspace", "exec", "pushed", "--", "sh", "-c", script)
    (pushed,) = call("workspace push", "pushed")["repos"]
    assert pushed["new"] == git(remote, "rev-parse", pushed["branch"])
    assert isinstance(call("forge list"), list)
    # Opening one needs a host: the acceptance tests have it.
    assert "has no pull request" in call.people("workspace pr", "show", "pushed")
    assert "nowhere to open a pull request" in call.people("workspace pr", "open", "pushed", "--dry-run")
    DONE.add("workspace pr")
    boatyard("workspace", "remove", "pushed", "--force")


def test_every_verb_was_called() -> None:
    """Runs last: a new verb has to be called in this file."""
    verbs = {f"{verb.noun} {verb.name}".strip() for verb in all_verbs() if verb.noun != "container"}
    if len(DONE) > 10:  # not when a single test of the file is run
        assert verbs - OTHERS - DONE == set()


SCRIPT = "printf 'a\\nb'; exit 42"


class TestExec:
    def test_output_comes_as_it_is_and_the_exit_code_is_the_commands(
        self, boatyard: Boatyard, workspace: str
    ) -> None:
        answer = boatyard(
            "workspace", "exec", workspace, "--", "sh", "-c", "printf 'a\\nb'; exit 42", ok=False
        )
        assert (answer.code, answer.out) == (42, "a\nb")

    def test_a_second_pair_of_hyphens_belongs_to_the_command(
        self, boatyard: Boatyard, workspace: str
    ) -> None:
        answer = boatyard("workspace", "exec", workspace, "--", "printf", "%s|", "--", "-x", "--")
        assert answer.out == "--|-x|--|"

    def test_a_shell_replaces_the_command_line(
        self, boatyard: Boatyard, workspace: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        called: list[tuple[str, list[str]]] = []
        monkeypatch.setattr("os.execvp", lambda file, argv: called.append((file, list(argv))))
        boatyard("workspace", "shell", workspace, "pwd")
        assert called[0][0] == "sh"
        assert called[0][1][-1] == "pwd"


def test_a_binary_file_is_not_printed(boatyard: Boatyard, workspace: str) -> None:
    answer = boatyard("workspace", "cat", workspace, "repo/data.bin", ok=False)
    assert (answer.code, answer.out) == (2, "")
    assert "binary file of 3 bytes" in answer.err


def test_a_prompt_and_a_message_are_read_from_standard_input(
    boatyard: Boatyard, workspace: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("From a pipe"))
    boatyard("workspace", "send", workspace, "-", "--wait")
    monkeypatch.setattr("sys.stdin", io.StringIO("Message from a pipe"))
    boatyard("workspace", "merge", workspace, "-m", "-")
    assert git(repository, "show", "main:WORK.md").splitlines()[-1] == "From a pipe"
    assert git(repository, "log", "-1", "--format=%s", "main") == "Message from a pipe"


def test_help_names_every_noun_and_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for noun in {verb.noun for verb in all_verbs()}:
        with pytest.raises(SystemExit) as left:
            main([*filter(None, [noun]), "--help"])
        assert left.value.code == 0
        text = capsys.readouterr().out
        assert all(verb.name in text for verb in all_verbs() if verb.noun == noun)


def test_the_settings_are_edited_in_the_users_editor(
    boatyard: Boatyard, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []
    monkeypatch.setenv("EDITOR", "my-editor --wait")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr("os.execvp", lambda file, argv: called.append(list(argv)))
    boatyard("config", "edit", ok=False)
    assert called == [["my-editor", "--wait", boatyard("config", "path", "--json").json["path"]]]
