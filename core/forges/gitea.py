"""The REST API, version 1, of Gitea and Forgejo."""

from __future__ import annotations

import re
from typing import Any

from core.forges.forge import Draft, Edit, Forge, commit_id, fields, items, latest, moment, number, text
from core.forges.links import origin, quoted
from core.values.comments import Side
from core.values.pull_requests import Check, CheckStatus, PullRequest, PullStatus, RemoteComment

LIMIT = 50
"""Entries on a page; servers give no more by default."""
_DRAFT = re.compile(r"^\s*(?:wip:|\[wip\])\s*", re.IGNORECASE)
_CHECK = {
    "success": CheckStatus.PASSED, "pending": CheckStatus.PENDING, "failure": CheckStatus.FAILED,
    "error": CheckStatus.FAILED, "warning": CheckStatus.PASSED, "skipped": CheckStatus.SKIPPED,
}  # fmt: skip


class Gitea(Forge):
    """A server of either kind."""

    templates = tuple(
        f"{folder}{name}"
        for folder in (".forgejo/", ".gitea/", ".github/", "")
        for name in ("PULL_REQUEST_TEMPLATE.md", "pull_request_template.md")
    )

    async def who(self) -> str:
        return text(await self.http.get("/user"), "login")

    async def find(self, branch: str, base: str, fork: str = "") -> PullRequest | None:
        query: dict[str, str | int] = {"state": "open", "sort": "recentupdate", "limit": LIMIT}
        async for page in self.http.pages(f"{self._repo}/pulls", query):
            for each in items(page):
                pull = _pull(each)
                own = text(each, "head", "repo", "full_name").lower() in ("", (fork or self.path).lower())
                if own and (pull.branch, pull.base) == (branch, base):
                    return pull
        return None

    async def create(self, draft: Draft) -> PullRequest:
        body = {
            "title": _titled(draft.title, draft.draft), "body": draft.body, "head": _head(draft),
            "base": draft.base,
        }  # fmt: skip
        return _pull(await self.http.send("POST", f"{self._repo}/pulls", body))

    async def update(self, now: PullRequest, edit: Edit) -> PullRequest:
        changes: dict[str, str] = {} if edit.body is None else {"body": edit.body}
        if edit.title is not None or edit.draft is not None:
            title = now.title if edit.title is None else edit.title
            changes["title"] = _titled(title, now.draft if edit.draft is None else edit.draft)
        if not changes:
            return await self.get(now.number)
        return _pull(await self.http.send("PATCH", f"{self._repo}/pulls/{now.number}", changes))

    async def get(self, number: int) -> PullRequest:
        return _pull(await self.http.get(f"{self._repo}/pulls/{number}"))

    async def checks(self, pull: PullRequest) -> tuple[Check, ...]:
        path = f"{self._repo}/commits/{quoted(pull.head)}/statuses"
        found: list[tuple[int, Check]] = []
        async for page in self.http.pages(path, {"limit": LIMIT}):
            found += [(number(each.get("id")), _check(each, self.http.api)) for each in items(page)]
        return latest(check for _, check in sorted(found, key=lambda each: -each[0]))

    async def log(self, check: Check) -> str:
        """Its API has no way from a status to a log."""
        return ""

    async def comments(self, pull: PullRequest) -> tuple[RemoteComment, ...]:
        found: list[RemoteComment] = []
        reviews = f"{self._repo}/pulls/{pull.number}/reviews"
        async for page in self.http.pages(reviews, {"limit": LIMIT}):
            for review in items(page):
                if text(review, "body"):
                    found.append(_remark(review, "reviews"))
                if number(review.get("comments_count")):
                    listed = await self.http.get(f"{reviews}/{number(review.get('id'))}/comments")
                    found += map(_comment, items(listed))
        async for page in self.http.pages(f"{self._repo}/issues/{pull.number}/comments", {"limit": LIMIT}):
            found += [_remark(each, "comments") for each in items(page)]
        return tuple(sorted(found, key=lambda each: each.created_at))

    @property
    def _repo(self) -> str:
        return "/repos/" + "/".join(map(quoted, self.path.split("/")))


def _head(draft: Draft) -> str:
    """A fork's branch is named with its owner."""
    return f"{draft.fork.partition('/')[0]}:{draft.branch}" if draft.fork else draft.branch


def _titled(title: str, draft: bool) -> str:
    """A draft is marked by the beginning of its title."""
    plain = _DRAFT.sub("", title)
    return f"WIP: {plain}" if draft else plain


def _pull(document: Any) -> PullRequest:
    pull = fields(document)
    merged = bool(pull.get("merged"))
    closed = PullStatus.CLOSED if pull.get("state") == "closed" else PullStatus.OPEN
    title = text(pull, "title")
    return PullRequest(
        number=number(pull.get("number")),
        url=text(pull, "html_url"),
        title=_DRAFT.sub("", title),
        body=text(pull, "body"),
        draft=bool(pull.get("draft")) or bool(_DRAFT.match(title)),
        status=PullStatus.MERGED if merged else closed,
        branch=text(pull, "head", "ref"),
        base=text(pull, "base", "ref"),
        head=commit_id(pull, "head", "sha"),
        merged_at=moment(pull.get("merged_at")),
        merge_commit=commit_id(pull, "merge_commit_sha") if merged else "",
    )


def _check(document: dict[str, Any], api: str) -> Check:
    """Of its own runs the server gives the path alone."""
    address = text(document, "target_url")
    return Check(
        name=text(document, "context"), status=_CHECK.get(text(document, "status"), CheckStatus.PENDING),
        url="://".join(origin(api)) + address if address.startswith("/") else address,
        summary=text(document, "description"),
    )  # fmt: skip


def _comment(document: dict[str, Any]) -> RemoteComment:
    """`position` is a line of the new side, `original_position` one of the old."""
    new, old = number(document.get("position")), number(document.get("original_position"))
    return RemoteComment(
        id=str(number(document.get("id"))), body=text(document, "body"),
        author=text(document, "user", "login"), url=text(document, "html_url"), path=text(document, "path"),
        side=Side.OLD if old and not new else Side.NEW, first=new or old, last=new or old,
        resolved=bool(document.get("resolver")), created_at=moment(document.get("created_at")) or 0.0,
    )  # fmt: skip


def _remark(document: dict[str, Any], kind: str) -> RemoteComment:
    return RemoteComment(
        id=f"{kind}-{number(document.get('id'))}", body=text(document, "body"),
        author=text(document, "user", "login"), url=text(document, "html_url"),
        created_at=moment(document.get("submitted_at") or document.get("created_at")) or 0.0,
    )  # fmt: skip
