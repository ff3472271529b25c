"""GitLab's REST API, version 4."""

from __future__ import annotations

import re
from typing import Any

from core.forges.forge import Draft, Edit, Forge, commit_id, fields, items, latest, moment, number, text
from core.forges.links import quoted
from core.values.comments import Side
from core.values.pull_requests import Check, CheckStatus, PullRequest, PullStatus, RemoteComment

PER_PAGE = 100
_DRAFT = re.compile(r"^\s*(?:draft:|\[draft\]|\(draft\))\s*", re.IGNORECASE)
_STATUS = {"opened": PullStatus.OPEN, "locked": PullStatus.OPEN, "merged": PullStatus.MERGED,
           "closed": PullStatus.CLOSED}  # fmt: skip
_MERGED = ("merge_commit_sha", "squash_commit_sha", "sha")
"""Which commit the target branch got, by how it was merged."""
_CHECK = {
    "success": CheckStatus.PASSED, "failed": CheckStatus.FAILED, "canceled": CheckStatus.FAILED,
    "skipped": CheckStatus.SKIPPED, "manual": CheckStatus.SKIPPED,
}  # fmt: skip
"""All others are still on their way."""


class GitLab(Forge):
    """gitlab.com, or a server of one's own. A merge request is found by its number in the project."""

    templates = (".gitlab/merge_request_templates/Default.md", ".gitlab/merge_request_templates/default.md")

    async def who(self) -> str:
        return text(await self.http.get("/user"), "username")

    async def find(self, branch: str, base: str, fork: str = "") -> PullRequest | None:
        query = {"source_branch": branch, "target_branch": base, "state": "opened"}
        source = await self._id(fork) if fork else 0
        for each in items(await self.http.get(f"{self._project}/merge_requests", query)):
            if text(each, "source_branch") == branch and source in (0, number(each.get("source_project_id"))):
                return _pull(each)
        return None

    async def create(self, draft: Draft) -> PullRequest:
        body: dict[str, str | int] = {
            "source_branch": draft.branch, "target_branch": draft.base, "description": draft.body,
            "title": _titled(draft.title, draft.draft),
        }  # fmt: skip
        if not draft.fork:
            return _pull(await self.http.send("POST", f"{self._project}/merge_requests", body))
        path = f"/projects/{quoted(draft.fork)}/merge_requests"
        into = {"target_project_id": await self._id(self.path)}
        return _pull(await self.http.send("POST", path, body | into))

    async def update(self, now: PullRequest, edit: Edit) -> PullRequest:
        changes: dict[str, str] = {} if edit.body is None else {"description": edit.body}
        if edit.title is not None or edit.draft is not None:
            title = now.title if edit.title is None else edit.title
            changes["title"] = _titled(title, now.draft if edit.draft is None else edit.draft)
        if not changes:
            return await self.get(now.number)
        return _pull(await self.http.send("PUT", self._merge_request(now.number), changes))

    async def get(self, number: int) -> PullRequest:
        return _pull(await self.http.get(self._merge_request(number)))

    async def checks(self, pull: PullRequest) -> tuple[Check, ...]:
        path = f"{self._project}/repository/commits/{quoted(pull.head)}/statuses"
        found: list[tuple[int, Check]] = []
        async for page in self.http.pages(path, {"per_page": PER_PAGE}):
            found += [(number(each.get("id")), _check(each)) for each in items(page)]
        return latest(check for _, check in sorted(found, key=lambda each: -each[0]))

    async def log(self, check: Check) -> str:
        return await self.http.text(f"{self._project}/jobs/{check.log}/trace") if check.log else ""

    async def comments(self, pull: PullRequest) -> tuple[RemoteComment, ...]:
        found: list[RemoteComment] = []
        path = f"{self._merge_request(pull.number)}/discussions"
        async for page in self.http.pages(path, {"per_page": PER_PAGE}):
            for discussion in items(page):
                notes = [each for each in items(discussion.get("notes") or []) if not each.get("system")]
                found += [_note(each, place, len(notes), pull.url) for place, each in enumerate(notes)]
        return tuple(sorted(found, key=lambda each: each.created_at))

    async def _id(self, path: str) -> int:
        return number(fields(await self.http.get(f"/projects/{quoted(path)}")).get("id"))

    @property
    def _project(self) -> str:
        return f"/projects/{quoted(self.path)}"

    def _merge_request(self, number: int) -> str:
        return f"{self._project}/merge_requests/{number}"


def _titled(title: str, draft: bool) -> str:
    """GitLab marks a draft by the beginning of its title."""
    plain = _DRAFT.sub("", title)
    return f"Draft: {plain}" if draft else plain


def _pull(document: Any) -> PullRequest:
    pull = fields(document)
    status = _STATUS.get(text(pull, "state"), PullStatus.OPEN)
    merged = next(filter(None, (commit_id(pull, name) for name in _MERGED)), "")
    title = text(pull, "title")
    return PullRequest(
        number=number(pull.get("iid")),
        url=text(pull, "web_url"),
        title=_DRAFT.sub("", title),
        body=text(pull, "description"),
        draft=bool(pull.get("draft")) or bool(_DRAFT.match(title)),
        status=status,
        branch=text(pull, "source_branch"),
        base=text(pull, "target_branch"),
        head=commit_id(pull, "sha"),
        merged_at=moment(pull.get("merged_at")),
        merge_commit=merged if status is PullStatus.MERGED else "",
    )


def _check(document: dict[str, Any]) -> Check:
    status = _CHECK.get(text(document, "status"), CheckStatus.PENDING)
    if document.get("allow_failure") and status is CheckStatus.FAILED:
        status = CheckStatus.SKIPPED
    address = text(document, "target_url")
    job = re.search(r"/-/jobs/(\d+)$", address)
    return Check(
        name=text(document, "name"), status=status, url=address, summary=text(document, "description"),
        log=job[1] if job else "",
    )  # fmt: skip


def _note(document: dict[str, Any], place: int, count: int, url: str) -> RemoteComment:
    at = document.get("position")
    position = at if isinstance(at, dict) else {}
    new = number(position.get("new_line"))
    last = new or number(position.get("old_line"))
    own = number(document.get("id"))
    return RemoteComment(
        id=str(own), body=text(document, "body"), author=text(document, "author", "username"),
        url=f"{url}#note_{own}" if url else "",
        path=text(position, "new_path") or text(position, "old_path"),
        side=Side.OLD if last and not new else Side.NEW, first=_first(position, new, last), last=last,
        resolved=bool(document.get("resolved")), replies=0 if place else count - 1, reply=place > 0,
        created_at=moment(document.get("created_at")) or 0.0,
    )  # fmt: skip


def _first(position: dict[str, Any], new: int, last: int) -> int:
    lines = position.get("line_range")
    start = lines.get("start") if isinstance(lines, dict) else None
    if not isinstance(start, dict):
        return last
    return min(number(start.get("new_line" if new else "old_line")) or last, last)
