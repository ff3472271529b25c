"""Opening pull requests: what they say is decided first and journaled, then pushed, then opened once.

After a crash the rest is done as it was decided: a branch that is pushed already stays as it is, and a pull
request from it that is there already is taken for the one.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

import msgspec

from core.errors import BoatyardError, ConflictError, UsageError
from core.forges.address import ForgePlace
from core.forges.create import open_once
from core.forges.forge import Draft, Edit, Forge
from core.git.push import push_remote, target_remote, upstream_branch
from core.git.remote_address import Remote
from core.git.user_repository import UserRepository, inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.kept_failure import KeptFailure
from core.lifecycle.operation import Step, begin_operation
from core.lifecycle.pull_records import record_opened
from core.lifecycle.pushing import Pushing, PushSteps, PushWanted
from core.lifecycle.turn_records import last_summary
from core.review.pull_text import drafted_body, drafted_title, pull_template
from core.review.push import Pushed, plan_push
from core.store import lookup, views
from core.store import models as m
from core.supervision.crash import crash_point
from core.values.entities import Operation, Workspace
from core.values.events import OperationChanged, WorkspaceChanged
from core.values.pull_requests import PullDraft, PullLink, PullRequest, PullStatus
from core.values.pushing import RepoPush
from core.values.states import OperationStatus
from core.values.value import Value

OPEN_STEPS = (
    ("snapshot", "bring the work into the depot"),
    ("look", "ask the remote what it has"),
    ("draft", "ask the host, and write the text"),
    ("push", "push"),
    ("open", "open the pull request"),
)


class OpenWanted(Value, frozen=True, kw_only=True):
    """What is asked of an opening, as the journal keeps it."""

    repo: str = ""
    remote: str = ""
    base: str = ""
    title: str = ""
    body: str | None = None
    draft: bool = False

    @property
    def push(self) -> PushWanted:
        return PushWanted(repo=self.repo, remote=self.remote)


@dataclass(frozen=True)
class Destination:
    """Where a pull request is opened."""

    place: ForgePlace
    remote: Remote
    """That leads there."""
    fork: str
    """The repository that has the branch, where that is another one."""


class PullRequests:
    """Drafts pull requests, opens them, and changes them."""

    def __init__(self, context: Context, pushing: Pushing) -> None:
        self._context = context
        self._pushing = pushing

    async def drafts(self, name: str, wanted: OpenWanted) -> tuple[PullDraft, ...]:
        """What opening would do now; the host is asked, nothing changes."""
        await self._pushing.take_snapshot(name)
        facts = await self._context.store.read(workspace_facts, name)
        return tuple([
            await self._draft(facts, each, await plan_push(name, each), wanted)
            for each in await self._pushing.pushed(facts, wanted.push)
        ])  # fmt: skip

    async def open(self, name: str, wanted: OpenWanted) -> tuple[PullLink, ...]:
        """Pushes the workspace's commits and opens a pull request for each repo that has any.

        Raises:
            ConflictError: There is nothing to open one for, or a push would overwrite somebody's commits.
            ForgeError: The host refuses or does not answer.
            UsageError: The host is not known.
        """

        def write() -> Operation:
            row = lookup.live_workspace(name)
            return begin_operation("pull-request", row, OPEN_STEPS, msgspec.to_builtins(wanted))

        operation = await self._context.store.write(write)
        self._context.hub.publish(OperationChanged(operation=operation))
        steps = OpenSteps(self, self._pushing, operation, wanted)
        self._context.operations.launch(operation, steps.all())
        ended = await self._context.operations.wait(operation.id)
        if ended.status is not OperationStatus.DONE:
            raise steps.failure or BoatyardError(f"opening it for {name!r} did not end", hint="Try again.")
        opened = {draft.repo_id for draft in await self._journal(operation.id)}
        workspace = await self._context.store.read(_workspace, name)
        return tuple(link for link in workspace.pull_requests if link.repo_id in opened)

    async def resume(self, operation: Operation, arguments: dict[str, object]) -> bool:
        """After a crash: goes on in the background, if it had been decided what to open."""
        if "drafts" not in operation.result:
            return False
        steps = OpenSteps(self, self._pushing, operation, msgspec.convert(arguments, OpenWanted))
        self._context.operations.launch(operation, steps.all()[-2:])
        return True

    async def write_drafts(self, operation: Operation, wanted: OpenWanted) -> None:
        """Decides what is opened and writes it into the journal."""
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        plans = {plan.repo_id: plan for plan in await self._pushing.plans(operation.id)}
        found = [
            await self._draft(facts, each, plans[each.target.repo_id], wanted)
            for each in await self._pushing.pushed(facts, wanted.push)
        ]
        await self._context.operations.set_result(operation.id, drafts=msgspec.to_builtins(found))

    async def open_all(self, operation: Operation, *, draft: bool) -> None:
        """Opens what the journal says; what is open already is only recorded."""
        facts = await self._context.store.read(workspace_facts, operation.workspace)
        for number, each in enumerate(await self._journal(operation.id)):
            repo = next(repo for repo in facts.repos if repo.repo_id == each.repo_id)
            place, forge = await self.forge(repo, each.remote)
            wanted = Draft(each.branch, each.base, each.title, each.body, draft, each.fork)
            pull, _ = await open_once(forge, wanted)
            crash_point("pull-request", f"opened:{number}")
            await self._record(facts.name, each.repo_id, place, each.remote, pull)

    async def forge(self, repo: RepoFacts, remote: str) -> tuple[ForgePlace, Forge]:
        """The host of a pull request whose branch is pushed to a remote, and the repository there."""
        repository = await inspect_repository(repo.path)
        there = await self._destination(repository, repo.target_branch, remote)
        return there.place, await self._context.forges.open(there.place)

    async def _destination(self, repository: UserRepository, target: str, remote: str) -> Destination:
        """Where the target branch comes from, if that is at the same host; else where the branch goes."""
        pushed = await push_remote(repository, target, remote)
        place = self._context.forges.place(pushed.address, *pushed.also)
        base = await target_remote(repository, target)
        if base is not None and base.name != pushed.name:
            with contextlib.suppress(UsageError):
                other = self._context.forges.place(base.address, *base.also)
                if other.api == place.api and other.path.lower() != place.path.lower():
                    return Destination(other, base, place.path)
        return Destination(place, pushed, "")

    async def change(self, name: str, repo: RepoFacts, link: PullLink, remote: str, edit: Edit) -> None:
        """Changes title, text or draft of an open one.

        Raises:
            ConflictError: It is not open any more.
        """
        place, forge = await self.forge(repo, remote)
        now = await forge.get(link.number)
        if now.status is PullStatus.OPEN:
            await self._record(name, repo.repo_id, place, remote, await forge.update(now, edit))
            return
        await self._record(name, repo.repo_id, place, remote, now)
        raise ConflictError(
            f"#{link.number} at {link.repository} is {now.status.value}",
            hint=f"Open another one: boatyard workspace pr open {name}",
        )

    async def _draft(
        self, facts: WorkspaceFacts, pushed: Pushed, plan: RepoPush, wanted: OpenWanted
    ) -> PullDraft:
        target = pushed.target
        if await target.depot.is_ancestor(pushed.commit, target.target):
            files = "1 file is" if plan.uncommitted == 1 else f"{plan.uncommitted} files are"
            stay = f" ({files} changed and not committed)" if plan.uncommitted else ""
            raise ConflictError(
                f"{facts.name!r} has no commits of its own in {target.name}{stay}",
                hint="A pull request takes commits only: have the agent commit, or commit in the workspace.",
            )
        there = await self._destination(target.repository, target.target_branch, pushed.remote.name)
        forge = await self._context.forges.open(there.place)
        base = wanted.base or await upstream_branch(target.repository, target.target_branch, there.remote)
        # Asked before anything is pushed: a wrong token or repository is told while nothing has happened.
        await forge.find(pushed.branch, base, there.fork)
        body = wanted.body
        if body is None:
            summary = await self._context.store.read(last_summary, facts.id)
            template = await pull_template(target.depot, pushed.commit, forge.templates)
            body = drafted_body(facts.task_description, summary, template)
        return PullDraft(
            repo_id=target.repo_id, repository=there.place.repository, remote=pushed.remote.name,
            branch=pushed.branch, base=base, fork=there.fork, body=body, push=plan,
            title=drafted_title(wanted.title or facts.task_title),
        )  # fmt: skip

    async def _journal(self, operation_id: str) -> tuple[PullDraft, ...]:
        def read() -> tuple[PullDraft, ...]:
            row = lookup.by_id(m.Operation, operation_id, "operation")
            return msgspec.convert(row.result.get("drafts", []), tuple[PullDraft, ...])

        return await self._context.store.read(read)

    async def _record(
        self, name: str, repo_id: str, place: ForgePlace, remote: str, pull: PullRequest
    ) -> None:
        workspace = await self._context.store.write(
            record_opened, name, repo_id, place.repository, remote, pull
        )
        self._context.hub.publish(WorkspaceChanged(workspace=workspace))


class OpenSteps(KeptFailure):
    """The steps of one opening; the first two and the fourth are those of a push."""

    def __init__(
        self, pulls: PullRequests, pushing: Pushing, operation: Operation, wanted: OpenWanted
    ) -> None:
        self._pulls = pulls
        self._operation = operation
        self._wanted = wanted
        self._push = {step.name: step for step in PushSteps(pushing, operation, wanted.push).all()}

    def all(self) -> list[Step]:
        """In order; the last two are what is left to do after a crash."""
        labels = dict(OPEN_STEPS)
        return [
            Step("snapshot", labels["snapshot"], self.kept(self._push["snapshot"].do)),
            Step("look", labels["look"], self.kept(self._push["look"].do)),
            Step("draft", labels["draft"], self.kept(self._draft)),
            Step("push", labels["push"], self.kept(self._push["push"].do), keeps=True),
            Step("open", labels["open"], self.kept(self._open), keeps=True),
        ]

    async def _draft(self) -> None:
        await self._pulls.write_drafts(self._operation, self._wanted)

    async def _open(self) -> None:
        await self._pulls.open_all(self._operation, draft=self._wanted.draft)


def _workspace(name: str) -> Workspace:
    return views.workspace(lookup.live_workspace(name))
