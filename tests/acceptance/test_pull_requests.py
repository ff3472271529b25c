"""A workspace's pull request, from its opening to its merge, at each kind of host."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.errors import ConflictError, ForgeError, NotFoundError, UsageError
from core.values.events import CommentChanged, Noticed, TaskChanged, WorkspaceChanged
from core.values.pull_requests import CheckStatus, PullStatus
from core.values.requests import OpenPullRequest, RunCommand, SendChecks, UpdateComment, UpdatePullRequest
from core.values.states import TaskStatus
from tests.acceptance.pull_yard import commit_inside, forge_settings, hosted, hosted_at, watch_branches
from tests.acceptance.user import User, git, make_repository
from tests.forges.conftest import HOSTS
from tests.forges.host import FORK, REPOSITORY, TOKEN, Fault, Host, Remark, Run
from tests.yard import AGENTS, HOST, Yard

pytestmark = pytest.mark.slow

OPEN = OpenPullRequest()


@pytest.fixture(params=HOSTS)
async def host(request: pytest.FixtureRequest) -> AsyncIterator[Host]:
    async with HOSTS[request.param]() as each:
        yield each


@pytest.fixture
async def yard(host: Host, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Yard]:
    monkeypatch.setenv("BOATYARD_DEMO_PACE", "0")
    yard = Yard()
    yard.config = HOST + AGENTS + forge_settings(host, yard.folder)
    async with yard as each:
        yield each


async def opened(yard: Yard, host: Host, **wanted: object) -> tuple[Path, Path]:
    """A workspace `fix-it` with a commit, and its pull request."""
    repository, bare = hosted(yard, host)
    workspace = await yard.workspace(name="fix-it", title="Fix it")
    commit_inside(workspace, {"a.txt": "one\ntwo\nthree\n"})
    # What is pushed is known to a host at once; here when the host is next asked.
    host.before = lambda: watch_branches(host, bare)
    await yard.client.open_pull_requests("fix-it", OpenPullRequest(**wanted))  # type: ignore[arg-type]
    return repository, bare


async def test_it_is_opened_with_task_summary_and_template(yard: Yard, host: Host) -> None:
    template = {"github": ".github/PULL_REQUEST_TEMPLATE.md", "gitea": ".gitea/PULL_REQUEST_TEMPLATE.md",
                "gitlab": ".gitlab/merge_request_templates/Default.md"}[host.kind]  # fmt: skip
    _, bare = hosted(yard, host, files={template: "## Tested\n- [ ] by hand\n"})
    host.before = lambda: watch_branches(host, bare)
    workspace = await yard.workspace(name="fix-it", title="Fix\nit", agent="writer", prompt="go")
    await yard.turn(workspace)
    head = commit_inside(workspace, {"a.txt": "a\n"})
    (Path(workspace.repos[0].path) / "half.txt").write_text("not yet\n")
    (draft,) = await yard.client.draft_pull_requests("fix-it")
    assert (draft.title, draft.base, draft.push.ahead, draft.push.uncommitted) == ("Fix it", "main", 1, 1)
    assert draft.body == "did: go\n\n## Tested\n- [ ] by hand"
    assert host.pulls == [] and workspace.branch not in host.branches

    (link,) = await yard.client.open_pull_requests("fix-it", OPEN)
    assert (link.number, link.status, link.base) == (1, PullStatus.OPEN, "main")
    assert link.repository == f"{host.url.removeprefix('http://')}/{REPOSITORY}"
    assert host.pull(1).body == draft.body
    assert host.branches[workspace.branch] == head == link.state.head
    assert (await yard.client.workspace("fix-it")).pull_requests[0].url == link.url
    again = await yard.client.open_pull_requests("fix-it", OPEN)
    assert [each.id for each in again] == [link.id] and len(host.pulls) == 1


async def test_it_is_updated_with_new_commits_title_and_draft(yard: Yard, host: Host) -> None:
    await opened(yard, host, title="First try", body="by hand", draft=True)
    assert (host.pull(1).body, (await yard.client.workspace("fix-it")).pull_requests[0].state.draft) == (
        "by hand", True,
    )  # fmt: skip
    workspace = await yard.client.workspace("fix-it")
    head = commit_inside(workspace, {"b.txt": "b\n"})
    (link,) = await yard.client.update_pull_requests("fix-it", UpdatePullRequest(draft=False, title="Done"))
    assert (link.state.title, link.state.draft, link.state.head) == ("Done", False, head)
    host.pull(1).state = "closed"
    with pytest.raises(ConflictError, match="is closed"):
        await yard.client.update_pull_requests("fix-it", UpdatePullRequest(title="More"))


async def test_a_merge_at_the_host_finishes_the_task(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    async with yard.watch() as watch:
        host.merge(1)
        done = await watch.until(TaskChanged, lambda e: e.task.status is TaskStatus.DONE, 120)
        notice = await watch.until(Noticed, lambda e: "merged" in e.notice.text, 120)
    assert done.task.title == "Fix it"
    assert "#1 of fix-it was merged into main" in notice.notice.text
    (link,) = (await yard.client.workspace("fix-it")).pull_requests
    assert (link.status, link.commit) == (PullStatus.MERGED, "c" * 40)
    assert link.merged_at is not None
    assert await yard.engine.pull_watching.look() == 0, "it is not followed any more"


async def test_what_was_merged_there_as_one_commit_is_no_change_of_the_workspace_any_more(
    yard: Yard, host: Host
) -> None:
    _, bare = await opened(yard, host)
    clone = yard.folder / "maintainer"
    git(yard.folder, "clone", "-q", str(bare), str(clone))
    git(clone, "config", "user.name", "M")
    git(clone, "config", "user.email", "m@localhost")
    git(clone, "merge", "-q", "--squash", "origin/boatyard/fix-it")
    git(clone, "commit", "-q", "-m", "Fix it (#1)")
    git(clone, "push", "-q")
    assert (await yard.client.workspace("fix-it")).added == 3
    host.merge(1, git(clone, "rev-parse", "HEAD"))
    await yard.client.pull_requests("fix-it")
    assert (await yard.client.workspace("fix-it")).added == 0
    assert (await yard.client.diff("fix-it")).files == ()
    commit_inside(await yard.client.workspace("fix-it"), {"b.txt": "b\n"})
    assert [file.path for file in (await yard.client.diff("fix-it")).files] == ["b.txt"]


async def test_one_that_is_closed_is_told_and_another_may_be_opened(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    host.pull(1).state = "closed"
    async with yard.watch() as watch:
        await yard.client.pull_requests("fix-it")
        changed = await watch.until(WorkspaceChanged, lambda e: e.workspace.pull_requests, 120)
        await watch.until(Noticed, lambda e: "was closed" in e.notice.text, 120)
    assert changed.workspace.pull_requests[0].status is PullStatus.CLOSED
    assert (await yard.client.tasks())[0].status is not TaskStatus.DONE
    (link,) = await yard.client.open_pull_requests("fix-it", OPEN)
    assert (link.number, link.status) == (2, PullStatus.OPEN)
    assert [each.number for each in (await yard.client.workspace("fix-it")).pull_requests] == [2]


async def test_review_comments_come_into_the_workspaces_own_list(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    host.remarks = [
        Remark(11, "Why two?", path="a.txt", line=2), Remark(12, "Nice", author="bob"),
        Remark(13, "Done", path="a.txt", line=3, resolved=True), Remark(14, "Gone", path="gone.txt", line=9),
    ]  # fmt: skip
    (view,) = await yard.client.pull_requests("fix-it")
    assert len(view.comments) == 4
    found = {each.body: each for each in await yard.client.comments("fix-it")}
    assert found.keys() == {"Why two?", "Done", "Gone"}, "what is about no file is in the view alone"
    why = found["Why two?"]
    assert (why.author, why.path, why.first, why.quote) == ("ann", "a.txt", 2, ("two",))
    assert (found["Done"].resolved, found["Gone"].first) == (True, 0)
    with pytest.raises(ConflictError, match="on a pull request"):
        await yard.client.remove_comment(why.id)
    with pytest.raises(ConflictError, match="where its author wrote it"):
        await yard.client.update_comment(why.id, UpdateComment(body="Because"))
    await yard.client.update_comment(why.id, UpdateComment(resolved=True))
    host.remarks[0].body = "Why two, really?"
    host.remarks.pop(3)
    async with yard.watch() as watch:
        await yard.client.pull_requests("fix-it")
        await watch.until(CommentChanged, lambda e: e.comment.body == "Why two, really?", 120)
    found = {each.body: each for each in await yard.client.comments("fix-it")}
    assert found.keys() == {"Why two, really?", "Done"}
    assert found["Why two, really?"].id == why.id and found["Why two, really?"].resolved


async def test_a_comment_is_as_it_was_last_resolved_or_reopened_here_or_at_the_host(
    yard: Yard, host: Host
) -> None:
    await opened(yard, host)
    host.remarks = [
        Remark(11, "One", path="a.txt", line=1, resolved=True), Remark(12, "Two", path="a.txt", line=2),
    ]  # fmt: skip

    async def resolved() -> dict[str, bool]:
        """As of a look at the host, which has to have something new to be seen."""
        host.remarks.append(Remark(20 + len(host.remarks), "x", path="a.txt", line=3))
        marker = f"marker {host.remarks[-1].id}"
        host.remarks[-1].body = marker
        async with yard.watch() as watch:
            await yard.client.pull_requests("fix-it")
            await watch.until(CommentChanged, lambda e: e.comment.body == marker, 120)
        return {each.body: each.resolved for each in await yard.client.comments("fix-it")}

    found = await resolved()
    assert (found["One"], found["Two"]) == (True, False)
    ids = {each.body: each.id for each in await yard.client.comments("fix-it")}
    await yard.client.update_comment(ids["One"], UpdateComment(resolved=False))
    await yard.client.update_comment(ids["Two"], UpdateComment(resolved=True))
    found = await resolved()
    assert (found["One"], found["Two"]) == (False, True), "the host has said nothing new"
    host.remarks[0].resolved, host.remarks[1].resolved = False, True
    await resolved()
    host.remarks[0].resolved, host.remarks[1].resolved = True, False
    found = await resolved()
    assert (found["One"], found["Two"]) == (True, False)


async def test_failing_checks_are_listed_and_handed_to_the_agent(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    log = "".join(f"line {n}\n" for n in range(200)) + "boom ``` here\n"
    host.runs = [Run(2001, "lint", "passed"), Run(2002, "tests", "failed", "1 of 9 failed", log)]
    (view,) = await yard.client.pull_requests("fix-it")
    assert [check.name for check in view.checks if check.status is CheckStatus.FAILED] == ["tests"]
    assert (await yard.client.workspace("fix-it")).pull_requests[0].state.failed == 1
    sent = await yard.client.send_checks("fix-it", SendChecks(agent="writer", request_id="once"))
    assert sent.process is not None
    await yard.client.wait_process(sent.process.id)
    workspace = await yard.client.workspace("fix-it")
    prompt = (Path(workspace.repos[0].path) / "WORK.md").read_text()
    assert "## tests: failed" in prompt and "1 of 9 failed" in prompt and "lint" not in prompt
    if host.kind != "gitea":
        assert "line 199\nboom ``` here" in prompt and "line 100\n" not in prompt
        assert "````\nline 141" in prompt, "the fence is longer than what the log holds"
    host.runs = []
    with pytest.raises(ConflictError, match="no check of 'fix-it' has failed"):
        await yard.client.send_checks("fix-it", SendChecks())


async def test_what_is_pushed_to_a_fork_is_opened_where_the_target_branch_comes_from(
    yard: Yard, host: Host
) -> None:
    repository, bare = hosted(yard, host)
    fork = yard.folder / "fork.git"
    git(yard.folder, "clone", "-q", "--bare", str(bare), str(fork))
    git(repository, "remote", "add", "mine", f"{host.url}/{FORK}.git")
    git(repository, "config", f"url.{fork}.insteadOf", f"{host.url}/{FORK}.git")
    git(repository, "config", "branch.main.remote", "origin")
    git(repository, "config", "branch.main.merge", "refs/heads/main")
    git(repository, "config", "remote.pushDefault", "mine")
    host.before = lambda: watch_branches(host, fork)
    workspace = await yard.workspace(name="fix-it")
    head = commit_inside(workspace, {"a.txt": "a\n"})
    (draft,) = await yard.client.draft_pull_requests("fix-it")
    assert (draft.fork, draft.remote, draft.repository.endswith(REPOSITORY)) == (FORK, "mine", True)
    (link,) = await yard.client.open_pull_requests("fix-it", OPEN)
    assert host.pull(1).fork == FORK and link.repository.endswith(REPOSITORY)
    assert git(fork, "rev-parse", workspace.branch) == head
    assert git(bare, "branch", "--list", workspace.branch) == ""
    commit_inside(workspace, {"b.txt": "b\n"})
    await yard.client.update_pull_requests("fix-it", UpdatePullRequest(title="More"))
    assert host.pull(1).title.endswith("More")
    (view,) = await yard.client.pull_requests("fix-it")
    assert view.pull.head == git(fork, "rev-parse", workspace.branch) != head


async def test_what_cannot_be_opened_is_told_before_anything_is_pushed(yard: Yard, host: Host) -> None:
    repository, bare = hosted(yard, host)
    workspace = await yard.workspace(name="fix-it")
    (Path(workspace.repos[0].path) / "half.txt").write_text("not yet\n")
    with pytest.raises(ConflictError, match=r"no commits of its own in repo .1 file is changed"):
        await yard.client.open_pull_requests("fix-it", OPEN)
    with pytest.raises(NotFoundError, match="has no pull request"):
        await yard.client.pull_requests("fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    (yard.folder / "token").write_text("an-old-one")
    with pytest.raises(ForgeError, match="401"):
        await yard.client.open_pull_requests("fix-it", OPEN)
    assert [each.user for each in await yard.client.forges() if each.name == "test"] == [""]
    (yard.folder / "token").unlink()
    await yard.restart()
    with pytest.raises(NotFoundError, match="token"):
        await yard.client.open_pull_requests("fix-it", OPEN)
    git(repository, "config", "remote.origin.url", "https://unknown.example/a/b")
    git(repository, "config", f"url.{bare}.insteadOf", "https://unknown.example/a/b")
    with pytest.raises(UsageError, match="nowhere to open a pull request"):
        await yard.client.open_pull_requests("fix-it", OPEN)
    assert git(bare, "branch", "--list", workspace.branch) == ""


async def test_a_host_that_is_written_into_the_settings_by_hand_is_known_at_the_next_try(
    yard: Yard, host: Host
) -> None:
    hosted(yard, host)
    workspace = await yard.workspace(name="fix-it")
    commit_inside(workspace, {"a.txt": "a\n"})
    settings = yard.home.config / "config.toml"
    known = settings.read_text()
    settings.write_text(known.partition("[forges")[0])
    assert "test" not in {each.name for each in await yard.client.forges()}
    with pytest.raises(UsageError, match="nowhere to open a pull request"):
        await yard.client.draft_pull_requests("fix-it")
    settings.write_text(known)
    (draft,) = await yard.client.draft_pull_requests("fix-it")
    assert draft.base


async def test_an_answer_that_is_lost_opens_exactly_one(yard: Yard, host: Host) -> None:
    host.faults = [Fault(502, method="POST", after=True)]
    await opened(yard, host)
    assert len(host.pulls) == 1
    assert (await yard.client.workspace("fix-it")).pull_requests[0].number == 1


async def test_a_host_that_is_away_is_told_once_and_found_again(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    host.faults = [
        Fault(403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}, method="GET")
    ]
    with pytest.raises(ForgeError, match="no more requests"):
        await yard.client.pull_requests("fix-it")
    assert "no more requests" in (await yard.client.workspace("fix-it")).pull_requests[0].state.trouble
    await yard.client.pull_requests("fix-it")
    assert (await yard.client.workspace("fix-it")).pull_requests[0].state.trouble == ""


async def test_the_token_is_kept_nowhere(yard: Yard, host: Host) -> None:
    await opened(yard, host)
    await yard.client.pull_requests("fix-it")
    process = await yard.client.run_command("fix-it", RunCommand(argv=("env",)))
    await yard.client.wait_process(process.id)
    kept = [path for path in yard.folder.joinpath("home").rglob("*") if path.is_file()]
    assert [path for path in kept if TOKEN.encode() in path.read_bytes()] == []


async def test_at_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path(tempfile.mkdtemp(prefix="by-"))
    user = User(home)
    async with HOSTS["github"]() as host:
        try:
            await asyncio.to_thread(_at_a_shell, user, host, tmp_path)
        finally:
            await asyncio.to_thread(user.boatyard, "engine", "stop", ok=False)
            shutil.rmtree(home, ignore_errors=True)


def _at_a_shell(user: User, host: Host, tmp_path: Path) -> None:
    (user.home / "config").mkdir(parents=True)
    (user.home / "config" / "config.toml").write_text(HOST + AGENTS + forge_settings(host, tmp_path))
    repository, bare = hosted_at(make_repository(tmp_path / "repo", {"README.md": "# Repo\n"}), host)
    host.before = lambda: watch_branches(host, bare)
    user.boatyard("project", "add", "p", str(repository))
    task = user.boatyard("task", "add", "Do it", "--project", "p", "--json").json["id"]
    user.boatyard("workspace", "new", task, "--name", "fix-it")
    (forge,) = user.boatyard("forge", "list", "--json").json
    assert (forge["name"], forge["kind"], forge["user"], forge["trouble"]) == ("test", "github", "octo", "")
    none = user.boatyard("workspace", "pr", "open", "fix-it", "--json", ok=False)
    assert (none.code, none.error["code"]) == (4, "conflict")
    script = "echo a > a; git add a; git -c user.name=A -c user.email=a@b commit -qm a"
    user.boatyard("workspace", "exec", "fix-it", "--", "sh", "-c", script)
    dry = user.boatyard("workspace", "pr", "open", "fix-it", "--dry-run")
    assert "boatyard/fix-it into main of 127.0.0.1" in dry.out and "title     Do it" in dry.out
    assert host.pulls == []
    opened = user.boatyard("workspace", "pr", "open", "fix-it", "--draft", "--body", "why")
    assert opened.out == f"#1 draft {host.url}/team/boat/pull/1\n"
    user.boatyard("workspace", "pr", "update", "fix-it", "--ready", "--title", "Did it")
    assert (host.pull(1).draft, host.pull(1).title, host.pull(1).body) == (False, "Did it", "why")
    both = user.boatyard("workspace", "pr", "update", "fix-it", "--ready", "--draft", ok=False)
    assert both.code == 2
    host.runs = [Run(2002, "tests", "failed", "1 of 9 failed")]
    host.remarks = [Remark(11, "Why?", path="a", line=1)]
    shown = user.boatyard("workspace", "pr", "show", "fix-it").out
    assert "#1 open: Did it" in shown and "ann on a:1: Why?" in shown and "tests failed: 1 of 9" in shown
    checks = user.boatyard("workspace", "pr", "checks", "fix-it", "--json").json
    assert [check["name"] for check in checks] == ["tests", "legacy/cla"]
    assert "ann: Why?" in user.boatyard("workspace", "comments", "fix-it").out
    assert f"pull      #1 open {host.url}" in user.boatyard("workspace", "show", "fix-it").out
    host.faults = [Fault(401)]
    refused = user.boatyard("workspace", "pr", "show", "fix-it", "--json", ok=False)
    assert (refused.code, refused.error["code"]) == (1, "forge")
    assert "not looked at: 127.0.0.1" in user.boatyard("workspace", "show", "fix-it").out
    sent = user.boatyard("workspace", "pr", "checks", "fix-it", "--send", "--agent", "writer", "--json")
    assert sent.json["process"]
