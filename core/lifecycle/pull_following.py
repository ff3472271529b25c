"""How a pull request is now: asked of its host, written down, and told."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from core.errors import BoatyardError, ConflictError, NotFoundError
from core.forges.forge import Forge
from core.git.depot import Depot
from core.git.merge import record_landed
from core.git.remotes import fetch_for
from core.git.user_repository import inspect_repository
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, workspace_facts
from core.lifecycle.place import Place
from core.lifecycle.pull_comments import keep_comments, placed
from core.lifecycle.pull_records import Followed, Seen, record_seen, record_trouble
from core.lifecycle.pull_requests import PullRequests
from core.values.events import TaskChanged, WorkspaceChanged
from core.values.pull_requests import Check, PullRequest, PullStatus, PullView, RemoteComment
from core.values.wording import counted

log = logging.getLogger(__name__)


class Following:
    """Looks at pull requests."""

    def __init__(
        self, context: Context, pulls: PullRequests, tell: Callable[[str, str], None],
        tell_comments: Callable[[str, Sequence[str], Sequence[str]], Awaitable[None]],
        take_snapshot: Callable[[str], Awaitable[object]],
    ) -> None:  # fmt: skip
        self._context = context
        self._pulls = pulls
        self._tell = tell
        self._tell_comments = tell_comments
        self._take_snapshot = take_snapshot

    async def look(self, followed: Followed) -> PullView:
        """Asks the host, writes down what it says, and tells what has changed.

        Raises:
            BoatyardError: The host cannot be asked; that is written down and told too.
        """
        try:
            return await self._look(followed)
        except BoatyardError as error:
            workspace = await self._context.store.write(record_trouble, followed.link.id, error.message)
            if workspace is not None:
                self._context.hub.publish(WorkspaceChanged(workspace=workspace))
            raise

    async def forge(self, followed: Followed) -> Forge:
        """The host of a pull request.

        Raises:
            ConflictError: The remote leads to another repository now.
        """
        return (await self._asked(followed))[1]

    async def _look(self, followed: Followed) -> PullView:
        repo, forge = await self._asked(followed)
        pull = await forge.get(followed.link.number)
        checks = await forge.checks(pull)
        comments = await forge.comments(pull)
        if pull.status is PullStatus.MERGED and followed.link.status is not PullStatus.MERGED:
            await self._landed(followed, repo, pull)
        seen = await self._record(followed, pull, checks, len(comments))
        await self._keep_comments(followed, repo, pull, comments)
        self._publish(seen)
        return PullView(link=seen.link, pull=pull, checks=checks, comments=comments)

    async def _landed(self, followed: Followed, repo: RepoFacts, pull: PullRequest) -> None:
        """Remembers what was merged there, so that it does not count as the workspace's own any more.

        For that the merge has to be known here: it is fetched, as the user's own `git fetch` would. Where
        that fails, the workspace shows its changes until the target branch has them.
        """
        depot = Place(self._context.home, followed.workspace).depot(repo.repo_id)
        try:
            repository = await inspect_repository(repo.path)
            await fetch_for(repository, repo.target_branch)
            await depot.refresh(repository)
            if await has_commit(depot, pull.head) and await has_commit(depot, pull.merge_commit):
                await record_landed(depot, followed.workspace, pull.head, pull.merge_commit)
                await self._take_snapshot(followed.workspace)
        except BoatyardError as error:
            log.warning("after the merge of %s: %s", pull.url, error)

    async def _asked(self, followed: Followed) -> tuple[RepoFacts, Forge]:
        facts = await self._context.store.read(workspace_facts, followed.workspace)
        repo = next((each for each in facts.repos if each.repo_id == followed.link.repo_id), None)
        if repo is None:
            raise NotFoundError("the pull request's repo is gone", hint="Look at it in a browser.")
        place, forge = await self._pulls.forge(repo, followed.remote)
        if place.repository != followed.link.repository:
            raise ConflictError(
                f"the remote {followed.remote} leads to {place.repository} now, and #{followed.link.number} "
                f"is at {followed.link.repository}",
                hint="Look at it in a browser, or set the remote's address back.",
            )
        return repo, forge

    async def _record(
        self, followed: Followed, pull: PullRequest, checks: tuple[Check, ...], comments: int
    ) -> Seen:
        finishes = self._context.config.merge.finishes_task

        def write() -> Seen:
            return record_seen(followed.link.id, pull, checks, comments, finishes_task=finishes)

        return await self._context.store.write(write)

    async def _keep_comments(
        self, followed: Followed, repo: RepoFacts, pull: PullRequest, comments: tuple[RemoteComment, ...]
    ) -> None:
        depot = Place(self._context.home, followed.workspace).depot(repo.repo_id)
        found = await placed(depot, pull.head, repo.base_commit, comments)
        changed, gone = await self._context.store.write(
            keep_comments, followed.workspace, followed.link, found
        )
        if changed or gone:
            await self._tell_comments(followed.workspace, changed, gone)

    def _publish(self, seen: Seen) -> None:
        if seen.changed:
            self._context.hub.publish(WorkspaceChanged(workspace=seen.workspace))
        if seen.task is not None:
            self._context.hub.publish(TaskChanged(task=seen.task))
        for text in _news(seen):
            self._tell(text, seen.workspace.name)


async def has_commit(depot: Depot, commit: str) -> bool:
    """Whether the depot has a commit of this id."""
    if not commit:
        return False
    return (await depot.git.run("cat-file", "-e", f"{commit}^{{commit}}", ok=(0, 1, 128))).code == 0


def _news(seen: Seen) -> list[str]:
    """What the user would want to know at once."""
    before, after = seen.before, seen.link
    name = f"#{after.number} of {seen.workspace.name}"
    if after.status is not before.status:
        where = f" into {after.base}" if after.status is PullStatus.MERGED else ""
        return [f"{name} was {after.status.value}{where} at {after.repository}"]
    news = []
    if after.state.failed > before.state.failed:
        checks = counted(after.state.failed, "check")
        news.append(f"{checks} failed on {name}")
    if after.state.comments > before.state.comments and before.state.looked_at is not None:
        count = after.state.comments - before.state.comments
        news.append(f"{count} new comment{'s' * (count != 1)} on {name}")
    return news
