"""Pull requests of workspaces: opened, changed, looked at, and their failing checks handed to the agent."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from core.engine.sessions import Sessions
from core.engine.settings_file import SettingsFile
from core.engine.texts import check_text
from core.errors import BoatyardError, ConflictError, ForgeError, NotFoundError
from core.forges.address import ForgePlace
from core.forges.forge import Edit, Forge
from core.lifecycle.context import Context
from core.lifecycle.facts import RepoFacts, WorkspaceFacts, workspace_facts
from core.lifecycle.pull_following import Following
from core.lifecycle.pull_records import Followed, one_of_them, pulls_of
from core.lifecycle.pull_requests import OpenWanted, PullRequests
from core.lifecycle.pushing import Pushing, PushWanted
from core.values.answers import SendAnswer
from core.values.pull_requests import (
    Check,
    CheckStatus,
    ForgeStatus,
    PullDraft,
    PullLink,
    PullStatus,
    PullView,
)
from core.values.requests import OpenPullRequest, SendChecks, SendPrompt, UpdatePullRequest
from core.values.states import WorkspaceState

TITLE_LIMIT = 250
BODY_LIMIT = 64 * 1024
LOG_LINES = 60
"""Of a failing check's log, that the agent is told."""
LOG_CHARACTERS = 6000
CHECKS_SENT = 10
_TICKS = re.compile("`+")


class Pulls:
    """What a user can do with pull requests."""

    def __init__(
        self, context: Context, pulls: PullRequests, following: Following, pushing: Pushing,
        sessions: Sessions, settings: SettingsFile,
    ) -> None:  # fmt: skip
        self._context = context
        self._settings = settings
        self._pulls = pulls
        self._following = following
        self._pushing = pushing
        self._sessions = sessions

    async def forges(self) -> tuple[ForgeStatus, ...]:
        """The hosts that are set up, each asked whose token it is."""
        await self._settings.list()  # A host may have been written into the file just now.
        return tuple(await asyncio.gather(*map(self._status, self._context.forges.places())))

    async def _status(self, place: ForgePlace) -> ForgeStatus:
        user = trouble = ""
        try:
            user = await (await self._context.forges.open(place)).who()
        except BoatyardError as error:
            trouble = f"{error.message}. {error.hint}".strip()
        return ForgeStatus(name=place.name, kind=place.kind.value, url=place.web, user=user, trouble=trouble)

    async def drafts(self, name: str, repo: str, remote: str, base: str) -> tuple[PullDraft, ...]:
        """What opening them would do now; the host is asked, nothing changes."""
        await self._live(name)
        await self._settings.list()
        return await self._pulls.drafts(name, OpenWanted(repo=repo, remote=remote, base=base))

    async def open(self, name: str, body: OpenPullRequest) -> tuple[PullLink, ...]:
        """Pushes the workspace's commits and opens a pull request for each repo that has any.

        One from the same branch that is open already is taken for it.

        Raises:
            ConflictError: There are no commits, or a push would overwrite somebody's.
            ForgeError: The host refuses or does not answer.
        """
        await self._live(name)
        text = None if body.body is None else check_text("the text", body.body, BODY_LIMIT)
        wanted = OpenWanted(
            repo=body.repo, remote=body.remote, base=body.base, draft=body.draft, body=text,
            title=check_text("the title", body.title, TITLE_LIMIT),
        )  # fmt: skip
        return await self._pulls.open(name, wanted)

    async def update(self, name: str, body: UpdatePullRequest) -> tuple[PullLink, ...]:
        """Pushes what is new and changes title, text or draft.

        Raises:
            ConflictError: It is not open any more, or a push would overwrite somebody's commits.
        """
        facts = await self._live(name)
        chosen = await self._chosen(facts, body.repo, only_open=True)
        edit = Edit(
            title=check_text("the title", body.title, TITLE_LIMIT) if isinstance(body.title, str) else None,
            body=check_text("the text", body.body, BODY_LIMIT) if isinstance(body.body, str) else None,
            draft=body.draft if isinstance(body.draft, bool) else None,
        )
        for each in chosen:
            link = each.link
            await self._pushing.push(name, PushWanted(repo=link.repo_id, remote=each.remote))
            await self._pulls.change(name, _repo(facts, link.repo_id), link, each.remote, edit)
        ids = {each.link.id for each in chosen}
        return tuple(each.link for each in await self._all(name) if each.link.id in ids)

    async def show(self, name: str, repo: str) -> tuple[PullView, ...]:
        """How they are now, with checks and comments; asked of their hosts."""
        facts = await self._live(name)
        return tuple([await self._following.look(each) for each in await self._chosen(facts, repo)])

    async def send_checks(self, name: str, body: SendChecks) -> SendAnswer:
        """Hands failing checks to the agent, with the ends of their logs.

        Raises:
            ConflictError: None has failed.
        """
        facts = await self._live(name)
        told: list[tuple[str, Check, str]] = []
        for each in await self._chosen(facts, body.repo):
            forge = await self._following.forge(each)
            view = await self._following.look(each)
            repo = _repo(facts, each.link.repo_id).name if len(facts.repos) > 1 else ""
            for check in _wanted(view, body.names):
                told.append((repo, check, await _log(forge, check)))
        if not told:
            raise ConflictError(f"no check of {name!r} has failed", hint="Look: boatyard workspace pr show.")
        prompt = checks_prompt(told[:CHECKS_SENT], body.message)
        return await self._sessions.send(
            name, SendPrompt(prompt=prompt, agent=body.agent, request_id=body.request_id)
        )

    async def _chosen(self, facts: WorkspaceFacts, repo: str, *, only_open: bool = False) -> list[Followed]:
        wanted = [each.repo_id for each in facts.repos if not repo or repo in (each.repo_id, each.name)]
        if not wanted:
            names = ", ".join(each.name for each in facts.repos)
            raise NotFoundError(f"the workspace has no repo {repo[:80]!r}", hint=f"Its repos: {names}.")
        found = one_of_them(await self._all(facts.name), facts.name, wanted)
        still = [each for each in found if each.link.status is PullStatus.OPEN]
        if only_open and not still:
            raise ConflictError(
                f"the pull request of {facts.name!r} is {found[0].link.status.value}",
                hint=f"Open another one: boatyard workspace pr open {facts.name}",
            )
        return still if only_open else found

    async def _all(self, name: str) -> list[Followed]:
        return await self._context.store.read(pulls_of, name)

    async def _live(self, name: str) -> WorkspaceFacts:
        facts = await self._context.store.read(workspace_facts, name)
        if facts.state in (WorkspaceState.CREATING, WorkspaceState.DELETED):
            raise ConflictError(
                f"the workspace {name!r} is {facts.state.value}", hint="Try again when it is open."
            )
        return facts


def checks_prompt(told: Sequence[tuple[str, Check, str]], message: str = "") -> str:
    """What the agent is told: each check with what it says, and the end of its log."""
    parts = [message.strip() or "These checks of the pull request have failed. Please put that right."]
    for repo, check, log in told:
        where = f" ({repo})" if repo else ""
        text = f"## {check.name}{where}: {check.status.value}"
        if check.summary:
            text += f"\n\n{check.summary[:LOG_CHARACTERS]}"
        if log:
            fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(log)), default=0))
            text += f"\n\nThe end of its log:\n\n{fence}\n{log}\n{fence}"
        parts.append(text)
    return "\n\n".join(parts)


def _wanted(view: PullView, names: Sequence[str]) -> list[Check]:
    if names:
        return [check for check in view.checks if check.name in names]
    return [check for check in view.checks if check.status is CheckStatus.FAILED]


async def _log(forge: Forge, check: Check) -> str:
    """The end of its log; without one, or where the token may not read it, the rest has to do."""
    try:
        log = await forge.log(check)
    except (ForgeError, NotFoundError, OSError):
        return ""
    return "\n".join(log.rstrip().splitlines()[-LOG_LINES:])[-LOG_CHARACTERS:]


def _repo(facts: WorkspaceFacts, repo_id: str) -> RepoFacts:
    return next(repo for repo in facts.repos if repo.repo_id == repo_id)
