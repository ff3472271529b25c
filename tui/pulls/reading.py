"""What is known of a workspace's pull requests: read of the host and of the remote, each as soon as it
answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from core.values.pull_requests import PullStatus

if TYPE_CHECKING:
    from core.values.pull_requests import PullDraft, PullLink, PullView
    from core.values.pushing import RepoPush
    from tui.engine.link import Link


class PullReading:
    """Those that there are, what is not pushed, and those that could be opened. Lives on the event loop."""

    def __init__(self, link: Link, workspace: str) -> None:
        self._link, self._workspace = link, workspace
        self.views: tuple[PullView, ...] = ()
        self.pushes: tuple[RepoPush, ...] = ()
        self.drafts: tuple[PullDraft, ...] = ()

    async def read(self, links: Sequence[PullLink], told: Callable[[], None]) -> None:
        """Asks for everything anew.

        Args:
            links: Those that are known.
            told: Called after each answer.

        Raises:
            BoatyardError: What has been read before stays, for the rest as it was.
        """
        client = self._link.client
        self.pushes = self.drafts = ()  # of before a push they are wrong
        if links:
            self.views = await client.pull_requests(self._workspace)
            told()
        self.pushes = (await client.push_preview(self._workspace)).repos
        told()
        for push in self.pushes:
            merged = any(each.link.status is PullStatus.MERGED for each in self._of(push.repo_id))
            if self.open_in(push.repo_id) is None and not (merged and push.nothing):
                self.drafts += await client.draft_pull_requests(self._workspace, repo=push.repo_id)
        told()

    def open_in(self, repo_id: str) -> PullView | None:
        """The open one of a repo."""
        return next((each for each in self._of(repo_id) if each.link.status is PullStatus.OPEN), None)

    def view_at(self, repo_id: str) -> PullView | None:
        """The open one of the repo that the cursor is in, else the first."""
        some = (each for each in self.views if each.link.status is PullStatus.OPEN)
        return self.open_in(repo_id) or next(some, None)

    def draft_at(self, repo_id: str) -> PullDraft | None:
        """The one to open in the repo that the cursor is in, else the first where that repo has none open."""
        found = next((each for each in self.drafts if each.repo_id == repo_id), None)
        return found or (None if self.open_in(repo_id) else next(iter(self.drafts), None))

    def push_of(self, repo_id: str) -> RepoPush | None:
        """What of a repo is not pushed."""
        return next((each for each in self.pushes if each.repo_id == repo_id), None)

    def _of(self, repo_id: str) -> list[PullView]:
        return [each for each in self.views if each.link.repo_id == repo_id]
