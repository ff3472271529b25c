"""GitHub's REST API, version 3; drafts and resolved threads are only in its GraphQL API."""

from __future__ import annotations

from typing import Any

from core.errors import ForgeError
from core.forges.forge import (
    Draft,
    Edit,
    Forge,
    commit_id,
    fields,
    items,
    latest,
    moment,
    number,
    strange,
    text,
)
from core.forges.links import quoted
from core.values.comments import Side
from core.values.pull_requests import Check, CheckStatus, PullRequest, PullStatus, RemoteComment

PER_PAGE = 100
_CONCLUSIONS = {
    "success": CheckStatus.PASSED,
    "neutral": CheckStatus.SKIPPED,
    "skipped": CheckStatus.SKIPPED,
    "stale": CheckStatus.SKIPPED,
}
"""Of a check run that has ended; all others are failures."""
_STATES = {
    "success": CheckStatus.PASSED, "pending": CheckStatus.PENDING,
    "failure": CheckStatus.FAILED, "error": CheckStatus.FAILED,
}  # fmt: skip
_THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { isResolved comments(first: 1) { nodes { databaseId } } } } } } }
"""
_THREAD_PAGES = 10


class GitHub(Forge):
    """github.com, or a GitHub Enterprise Server."""

    templates = (
        ".github/PULL_REQUEST_TEMPLATE.md", ".github/pull_request_template.md", "PULL_REQUEST_TEMPLATE.md",
        "pull_request_template.md", "docs/PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.md",
    )  # fmt: skip

    async def who(self) -> str:
        return text(await self.http.get("/user"), "login")

    async def find(self, branch: str, base: str, fork: str = "") -> PullRequest | None:
        owner = (fork or self.path).partition("/")[0]
        query = {"head": f"{owner}:{branch}", "base": base, "state": "open"}
        found = [_pull(each) for each in items(await self.http.get(f"{self._repo}/pulls", query))]
        return next((each for each in found if each.branch == branch), None)

    async def create(self, draft: Draft) -> PullRequest:
        body = {
            "title": draft.title, "body": draft.body, "head": _head(draft), "base": draft.base,
            "draft": draft.draft,
        }  # fmt: skip
        return _pull(await self.http.send("POST", f"{self._repo}/pulls", body))

    async def update(self, now: PullRequest, edit: Edit) -> PullRequest:
        changes = {
            key: value for key, value in (("title", edit.title), ("body", edit.body)) if value is not None
        }
        path = f"{self._repo}/pulls/{now.number}"
        document = await self.http.send("PATCH", path, changes) if changes else await self.http.get(path)
        if edit.draft is not None and edit.draft != bool(fields(document).get("draft")):
            await self._set_draft(text(document, "node_id"), edit.draft)
            document = {**fields(document), "draft": edit.draft}
        return _pull(document)

    async def get(self, number: int) -> PullRequest:
        return _pull(await self.http.get(f"{self._repo}/pulls/{number}"))

    async def checks(self, pull: PullRequest) -> tuple[Check, ...]:
        commit = f"{self._repo}/commits/{quoted(pull.head)}"
        found: list[Check] = []
        async for page in self.http.pages(f"{commit}/check-runs", {"per_page": PER_PAGE}):
            found += map(_run, items(fields(page).get("check_runs")))
        combined = fields(await self.http.get(f"{commit}/status", {"per_page": PER_PAGE}))
        return latest([*found, *map(_status, items(combined.get("statuses") or []))])

    async def log(self, check: Check) -> str:
        return await self.http.text(f"{self._repo}/actions/jobs/{check.log}/logs") if check.log else ""

    async def comments(self, pull: PullRequest) -> tuple[RemoteComment, ...]:
        found: list[RemoteComment] = []
        on_lines: list[dict[str, Any]] = []
        async for page in self.http.pages(
            f"{self._repo}/pulls/{pull.number}/comments", {"per_page": PER_PAGE}
        ):
            on_lines += items(page)
        resolved = await self._resolved(pull.number) if on_lines else set()
        replies = [number(each.get("in_reply_to_id")) for each in on_lines]
        found += [_comment(each, resolved, replies) for each in on_lines]
        for kind in (f"pulls/{pull.number}/reviews", f"issues/{pull.number}/comments"):
            async for page in self.http.pages(f"{self._repo}/{kind}", {"per_page": PER_PAGE}):
                found += [_remark(each, kind.split("/")[-1]) for each in items(page) if text(each, "body")]
        return tuple(sorted(found, key=lambda each: each.created_at))

    @property
    def _repo(self) -> str:
        return "/repos/" + "/".join(map(quoted, self.path.split("/")))

    async def _resolved(self, pull: int) -> set[int]:
        """Ids of the comments that begin a resolved thread."""
        owner, _, name = self.path.partition("/")
        wanted: dict[str, Any] = {"owner": owner, "name": name, "number": pull, "after": None}
        found: set[int] = set()
        for _ in range(_THREAD_PAGES):
            document = await self._graphql(_THREADS, wanted)
            try:
                threads = document["repository"]["pullRequest"]["reviewThreads"]
                for node in threads["nodes"]:
                    if node["isResolved"]:
                        found |= {number(each["databaseId"]) for each in node["comments"]["nodes"]}
                if not threads["pageInfo"]["hasNextPage"]:
                    break
                wanted["after"] = threads["pageInfo"]["endCursor"]
            except (KeyError, TypeError) as error:
                raise strange() from error
        return found

    async def _set_draft(self, node: str, draft: bool) -> None:
        name = "convertPullRequestToDraft" if draft else "markPullRequestReadyForReview"
        query = f"mutation($id: ID!) {{ {name}(input: {{pullRequestId: $id}}) {{ clientMutationId }} }}"
        await self._graphql(query, {"id": node})

    async def _graphql(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        """Beside the REST API, not below it. Its errors come with status 200."""
        address = self.http.api.removesuffix("/v3") + "/graphql"
        answer = fields(await self.http.send("POST", address, {"query": query, "variables": variables}))
        if answer.get("errors"):
            said = "; ".join(text(each, "message") for each in items(answer["errors"]))
            raise ForgeError(f"GitHub refuses: {said}", hint="The token may lack the right to do this.")
        return fields(answer.get("data"))


def _head(draft: Draft) -> str:
    """A fork's branch is named with its owner."""
    return f"{draft.fork.partition('/')[0]}:{draft.branch}" if draft.fork else draft.branch


def _pull(document: Any) -> PullRequest:
    pull = fields(document)
    merged = bool(pull.get("merged_at"))
    closed = PullStatus.CLOSED if pull.get("state") == "closed" else PullStatus.OPEN
    return PullRequest(
        number=number(pull.get("number")),
        url=text(pull, "html_url"),
        title=text(pull, "title"),
        body=text(pull, "body"),
        draft=bool(pull.get("draft")),
        status=PullStatus.MERGED if merged else closed,
        branch=text(pull, "head", "ref"),
        base=text(pull, "base", "ref"),
        head=commit_id(pull, "head", "sha"),
        merged_at=moment(pull.get("merged_at")),
        merge_commit=commit_id(pull, "merge_commit_sha") if merged else "",
    )


def _run(run: dict[str, Any]) -> Check:
    ended = run.get("status") == "completed"
    status = _CONCLUSIONS.get(text(run, "conclusion"), CheckStatus.FAILED) if ended else CheckStatus.PENDING
    summary = "\n".join(filter(None, (text(run, "output", "title"), text(run, "output", "summary"))))
    actions = text(run, "app", "slug") == "github-actions"
    return Check(
        name=text(run, "name"), status=status, url=text(run, "html_url"), summary=summary,
        log=str(number(run.get("id"))) if actions else "",
    )  # fmt: skip


def _status(status: dict[str, Any]) -> Check:
    return Check(
        name=text(status, "context"), status=_STATES.get(text(status, "state"), CheckStatus.PENDING),
        url=text(status, "target_url"), summary=text(status, "description"),
    )  # fmt: skip


def _comment(document: dict[str, Any], resolved: set[int], replies: list[int]) -> RemoteComment:
    own, above = number(document.get("id")), number(document.get("in_reply_to_id"))
    last = number(document.get("line"))
    return RemoteComment(
        id=str(own), body=text(document, "body"), author=text(document, "user", "login"),
        url=text(document, "html_url"), path=text(document, "path"),
        side=Side.OLD if document.get("side") == "LEFT" else Side.NEW,
        first=number(document.get("start_line")) or last, last=last,
        resolved=(above or own) in resolved, replies=replies.count(own), reply=bool(above),
        created_at=moment(document.get("created_at")) or 0.0,
    )  # fmt: skip


def _remark(document: dict[str, Any], kind: str) -> RemoteComment:
    return RemoteComment(
        id=f"{kind}-{number(document.get('id'))}", body=text(document, "body"),
        author=text(document, "user", "login"), url=text(document, "html_url"),
        created_at=moment(document.get("submitted_at") or document.get("created_at")) or 0.0,
    )  # fmt: skip
