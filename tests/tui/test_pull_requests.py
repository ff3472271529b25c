"""Pull requests by keys: pushed, opened, changed, looked at, and what the tree says of them."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from textual import events

from core.errors import ConflictError, ForgeError, UsageError
from core.values.comments import ReviewComment
from core.values.pull_requests import Check, CheckStatus, PullDraft, PullLink, RemoteComment
from core.values.pushing import PushReport
from core.values.requests import OpenPullRequest, UpdatePullRequest
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine, changed_file
from tests.tui.fake_engine.values import PUSH

FAILING = Check(name="tests", status=CheckStatus.FAILED, url="https://host/1", summary="3 of 80 [failed]")
PASSING = Check(name="lint", status=CheckStatus.PASSED)
KIND, KEY = "draft_workspace", "second pull repo-app"
REMARK = RemoteComment(id="1", body="Why [so]?\nReally.", author="ann", path="a.py", first=7, last=7)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_one_is_opened_with_what_was_drafted_and_edited(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("Pull request of second", "2 commits to push", "boatyard/second at origin")
        await ui.sees("1 file with uncommitted changes", "into main of github.com/team/app")
        await ui.sees("Cache the [prices]")
        await ui.press("o")
        await ui.sees("Open a pull request at ", "It is faster now.")
        await ui.press("end", "!", "tab", "tab", "right", "enter")
        body = await ui.asked("open_pull_requests")
        assert (body.title, body.body, body.draft) == ("Cache the [prices]!", "It is faster now.", True)
        assert body.repo == "repo-app"
        await ui.sees("#12 draft", "Cache the [prices]!", "no checks")
        await ui.press("o")
        await ui.sees("It is open already")
        await ui.press("escape", "1")
        await ui.sees("second", "#12 draft")


async def test_what_was_pushed_is_shown_after_the_host_refused_the_rest_and_what_was_typed_is_there_again(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(name: str, body: OpenPullRequest) -> tuple[PullLink, ...]:
        engine.pushes = (msgspec.structs.replace(PUSH, ahead=0, old=PUSH.new),)
        raise ConflictError("the host answers 422", hint="Look at it.")

    with monkeypatch.context() as patch:
        patch.setattr(engine, "open_pull_requests", refuses)
        async with driven(engine) as ui:
            await ui.open_workspace("second")
            await ui.press("P")
            await ui.sees("2 commits to push", "Cache the [prices]")
            await ui.press("o")
            await ui.sees("Open a pull request", "enter open it", "ctrl+j new line", "esc leave")
            await ui.press("?", "tab")
            await ui.type("By hand. ")
            await ui.press("tab", "right", "enter")
            await ui.sees("the host answers 422", "nothing to push")
            await ui.press("o")
            await ui.sees(
                "Open a pull request", "Cache the [prices]?", "By hand. It is faster now.", "● draft"
            )
            await ui.press("escape")
    async with driven(engine) as other:  # at another terminal, too
        await other.open_workspace("second")
        await other.press("P")
        await other.sees("nothing to push", "Cache the [prices]")
        await other.press("o")
        await other.sees("Cache the [prices]?", "By hand. It is faster now.", "● draft")
        await other.press("enter")
        body = await other.asked("open_pull_requests")
        assert (body.title, body.body) == ("Cache the [prices]?", "By hand. It is faster now.")
        assert body.draft
        await other.sees("#12 draft")
        await other.until(lambda: not engine.scratches.keys() & {(KIND, KEY)}, "it is forgotten")


async def test_a_key_pressed_twice_does_not_break_off_what_it_began(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.put_pull("second")
    gate, changed = asyncio.Event(), engine.update_pull_requests

    async def slow(name: str, body: UpdatePullRequest) -> tuple[PullLink, ...]:
        engine.calls.append(("begun", body))
        await gate.wait()
        return await changed(name, body)

    monkeypatch.setattr(engine, "update_pull_requests", slow)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("#12 open", "no checks")
        await ui.press("d", "d")
        await ui.sees("Changing it", "Changing it is still under way: wait for its end")
        gate.set()
        await ui.sees("#12 draft")
        assert [name for name, _ in engine.calls].count("begun") == 1


async def test_what_is_typed_while_the_host_is_asked_waits_for_the_form(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, drafts = asyncio.Event(), engine.draft_pull_requests

    async def slow(name: str, **more: str) -> tuple[PullDraft, ...]:
        await gate.wait()
        return await drafts(name, **more)

    monkeypatch.setattr(engine, "draft_pull_requests", slow)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("Pull request of second")
        for char in "o, py":
            ui.app.post_message(events.Key("space" if char == " " else char, char))
        await ui.pilot.pause()
        assert "Copied" not in ui.text()
        gate.set()
        await ui.sees("Open a pull request at ", "Cache the [prices], py")
        assert not [name for name, _ in engine.calls if name == "push"]


async def test_what_was_begun_ends_after_its_dialog_was_left_and_a_failure_is_told(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.put_pull("second")
    gate = asyncio.Event()

    async def refuses(name: str, body: UpdatePullRequest) -> tuple[PullLink, ...]:
        engine.calls.append(("begun", body))
        await gate.wait()
        raise ConflictError("the host answers 422", hint="Look at it.")

    monkeypatch.setattr(engine, "update_pull_requests", refuses)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("#12 open", "no checks")
        await ui.press("d")
        await ui.asked("begun")
        await ui.press("escape")
        await ui.until(lambda: "Pull request of" not in ui.text(), "the dialog is left")
        gate.set()
        await ui.sees("the host answers 422")


async def test_only_what_was_changed_is_sent(engine: FakeEngine) -> None:
    engine.put_pull("second")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("#12 open", "no checks")
        await ui.press("e")
        await ui.sees("Edit #12", "Why.")
        await ui.press("?", "enter")
        body = await ui.asked("update_pull_requests")
        assert (body.title, body.body, body.draft) == ("Cache the [prices]?", msgspec.UNSET, msgspec.UNSET)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_while_the_host_is_away_what_is_known_is_shown_and_then_what_it_says(
    engine: FakeEngine, size: tuple[int, int]
) -> None:
    trouble = "the host does not answer"
    engine.put_pull("second", failed=2, comments=1, looked_at=1.0, trouble=trouble)
    engine.forge_trouble = ForgeError(trouble, hint="Check the network.")
    async with driven(engine, size) as ui:
        await ui.open_workspace("second")
        await ui.press("1")
        await ui.sees("#12 open✗?")
        await ui.press("P")
        await ui.sees("#12 open", "Cache the [prices]", "as it was at", "✗2", "1 comment")
        await ui.sees("the host does not answer", "Check the network.")
        await ui.press("e")
        await ui.sees("the host does not answer", "It has not been read: r tries again.")
        engine.forge_trouble, engine.checks = None, (FAILING,)
        engine.put_pull("second", failed=1)
        await ui.sees("tests failed")
        await ui.until(lambda: "does not answer" not in ui.text(), "the trouble is over")


async def test_what_is_not_pushed_and_what_others_do_is_seen_while_it_is_open(engine: FakeEngine) -> None:
    engine.put_pull("second")
    engine.pushes = (msgspec.structs.replace(PUSH, ahead=0, old=PUSH.new, uncommitted=0),)
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("#12 open", "no checks")
        assert "to push" not in ui.text()
        workspace = engine.workspaces_["second"]
        engine.pushes = (PUSH,)
        repos = tuple(msgspec.structs.replace(repo, head="c" * 40) for repo in workspace.repos)
        engine.set_workspace(workspace, repos=repos)
        await ui.sees("▲ 2 commits to push", "1 file with uncommitted changes")
        engine.checks = (FAILING,)
        engine.put_pull("second", failed=1)
        await ui.sees("tests failed")
        engine.put_pull("second", failed=1, draft=True, title="By another")
        await ui.sees("#12 draft", "By another")


@pytest.mark.parametrize(("numbers", "told"), [((12, 7), "#12 #7 open "), ((12, 7, 8), "3 open ")])
async def test_those_of_several_repos_leave_the_workspace_its_name_in_the_tree(
    engine: FakeEngine, numbers: tuple[int, ...], told: str
) -> None:
    engine.put_pull("second")
    workspace = engine.workspaces_["second"]
    link = workspace.pull_requests[0]
    links = tuple(msgspec.structs.replace(link, id=str(number), number=number) for number in numbers)
    engine.set_workspace(workspace, pull_requests=links)
    async with driven(engine) as ui:
        await ui.sees(told)
        row = next(line for line in ui.lines() if told in line)
        assert "second" in row


async def test_checks_and_comments_are_seen_and_handed_over(engine: FakeEngine) -> None:
    engine.put_pull("second", failed=1, pending=2, comments=1)
    engine.checks, engine.remarks = (FAILING, PASSING), (REMARK,)
    async with driven(engine, (200, 60)) as ui:
        await ui.open_workspace("second")
        await ui.sees("#12 open✗", "pull", "✗1", "●2", "1 comment")
        await ui.press("P")
        await ui.sees("tests failed", "3 of 80 [failed]", "lint passed", "ann", "a.py:7", "Why [so]?")
        await ui.press("f")
        assert await ui.asked("send_checks") == "second"
        await ui.sees("The agent was told of the failing checks")
        await ui.press("p")
        assert await ui.asked("push") == "second"
        await ui.sees("boatyard/second at origin is at bbbbbbbb")
        await ui.press("d")
        assert (await ui.asked("update_pull_requests")).draft is True
        await ui.sees("#12 draft")
        await ui.press("e")
        await ui.sees("Edit #12", "Why.")
        await ui.press("end", "?", "enter")
        await ui.sees("Cache the [prices]?")
        engine.merge_pull("second")
        await ui.sees("#12 merged")
        await ui.press("c")
        await ui.sees("Comments on second")


async def test_what_was_to_push_before_is_not_shown_while_the_remote_is_asked_again(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def waits(name: str) -> PushReport:
        await asyncio.Event().wait()
        return PushReport(workspace=name)

    engine.put_pull("second")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("#12 open", "2 commits to push")
        monkeypatch.setattr(engine, "push_preview", waits)
        await ui.press("r")
        await ui.until(lambda: "to push" not in ui.text(), "what was to push is gone")
        await ui.sees("#12 open", "no checks", "Asking the remote and its host …")


async def test_beside_other_panes_the_trees_row_has_room_for_the_name(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.sees("◆ second        +12")
        engine.put_pull("second", draft=True, failed=1)
        await ui.sees("#12 draft✗")
        (row,) = [each for each in ui.lines() if "#12 draft" in each]
        assert "second" in row and "+12" not in row


async def test_a_reviewers_comment_is_gone_to_where_it_is_and_edited_by_its_author_alone(
    engine: FakeEngine,
) -> None:
    engine.changed = (msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40),)
    engine.contents["app/README.md"] = ["# App", "", "Sells things."]
    engine.put_comment(
        ReviewComment(
            id="c1", workspace="second", repo_id="repo-app", path="README.md", first=3, last=3,
            quote=("Sells things.",), body="Mention it here", author="ann", url="https://host/c/1",
        )
    )  # fmt: skip
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("4")
        await ui.sees("a.py", "against main")
        await ui.press("C")
        await ui.sees("Comments on second", "ann: Mention it here")
        await ui.press("e")
        await ui.sees("It is on a pull request", "r marks it as resolved here.")
        await ui.press("enter")
        await ui.sees("README.md is no change of second", "Sells things.")


async def test_an_unknown_host_is_told_and_pushing_works_all_the_same(engine: FakeEngine) -> None:
    engine.forge_trouble = UsageError("it is not known which host this is", hint="Say so in config.toml")
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("P")
        await ui.sees("2 commits to push", "it is not known which host this is", "Say so in config.toml")
        await ui.press("o")
        await ui.sees("it is not known which host this is", "Nothing can be opened now: r tries again.")
        await ui.press("p")
        assert await ui.asked("push") == "second"


async def test_a_merge_pushes_the_target_branch_when_that_is_wanted(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.open_workspace("second")
        await ui.press("m")
        await ui.sees("push main afterwards: no")
        await ui.press("p")
        await ui.sees("push main afterwards: yes")
        await ui.press("enter")
        assert await ui.asked("merge_and_push") == "second"
        await ui.sees("Merged second", "pushed to origin")
