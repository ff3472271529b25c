"""GitHub as its documentation says: REST v3, and the two things that only its GraphQL has."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from core.config import ForgeKind
from tests.forges.host import FORK, REPOSITORY, Host, Pull, Refused, Remark, Run, body_of, iso


class GitHubHost(Host):
    kind = ForgeKind.GITHUB
    prefix = "/api/v3"

    def routes(self) -> list[web.RouteDef]:
        repo = f"{self.prefix}/repos/{REPOSITORY}"
        return [
            web.get(f"{self.prefix}/user", self._user),
            web.get(f"{repo}/pulls", self._find),
            web.post(f"{repo}/pulls", self._create),
            web.get(repo + r"/pulls/{number:\d+}", self._get),
            web.patch(repo + r"/pulls/{number:\d+}", self._update),
            web.get(repo + r"/pulls/{number:\d+}/comments", self._comments),
            web.get(repo + r"/pulls/{number:\d+}/reviews", self._reviews),
            web.get(repo + r"/issues/{number:\d+}/comments", self._remarks),
            web.get(repo + r"/commits/{sha}/check-runs", self._runs),
            web.get(repo + r"/commits/{sha}/status", self._status),
            web.get(repo + r"/actions/jobs/{id:\d+}/logs", self._log),
            web.get(r"/elsewhere/{id:\d+}", self._elsewhere),
            web.post("/api/graphql", self._graphql),
        ]

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"login": "octo", "id": 1})

    async def _find(self, request: web.Request) -> web.Response:
        owner, _, branch = request.query.get("head", "").partition(":")
        state = request.query.get("state", "open")
        base = request.query.get("base")
        found = [
            self._document(each)
            for each in self.pulls
            if state in ("all", "open" if each.state == "open" else "closed")
            and (not branch or (owner, branch) == ((each.fork or REPOSITORY).split("/")[0], each.branch))
            and base in (None, each.base)
        ]
        return self.page(request, found)

    async def _create(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        owner, _, branch = body["head"].rpartition(":")
        body["head"], fork = branch, FORK if owner == FORK.split("/")[0] else ""
        wrong = [name for name in ("head", "base") if body[name] not in self.branches]
        if wrong or not body.get("title"):
            errors = [
                {"resource": "PullRequest", "field": name, "code": "invalid"} for name in wrong or ["title"]
            ]
            raise Refused(422, {"message": "Validation Failed", "errors": errors})
        try:
            pull = self.open_pull(
                body["title"],
                body.get("body", ""),
                body["head"],
                body["base"],
                body.get("draft", False),
                fork,
            )
        except FileExistsError:
            message = f"A pull request already exists for team:{body['head']}."
            errors = [{"resource": "PullRequest", "code": "custom", "message": message}]
            raise Refused(422, {"message": "Validation Failed", "errors": errors}) from None
        return web.json_response(self._document(pull), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._document(self._named(request)))

    async def _update(self, request: web.Request) -> web.Response:
        pull, body = self._named(request), await body_of(request)
        pull.title, pull.body = body.get("title", pull.title), body.get("body", pull.body)
        return web.json_response(self._document(pull))

    async def _comments(self, request: web.Request) -> web.Response:
        return self.page(request, [_comment(each) for each in self.remarks if each.path])

    async def _reviews(self, request: web.Request) -> web.Response:
        return self.page(
            request,
            [{"id": 9, "body": "", "state": "COMMENTED", "user": {"login": "ann"}, "submitted_at": iso()}],
        )

    async def _remarks(self, request: web.Request) -> web.Response:
        plain = [each for each in self.remarks if not each.path]
        return self.page(
            request,
            [
                {"id": each.id, "body": each.body, "user": {"login": each.author}, "created_at": iso(each.id)}
                for each in plain
            ],
        )

    async def _runs(self, request: web.Request) -> web.Response:
        found = [_run(each) for each in self.runs]
        return self.wrapped(request, found, lambda runs: {"total_count": len(found), "check_runs": runs})

    async def _status(self, request: web.Request) -> web.Response:
        statuses = [{"id": 1, "context": "legacy/cla", "state": "success", "description": "signed"}]
        return web.json_response({"state": "success", "statuses": statuses, "total_count": 1})

    async def _log(self, request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": self.elsewhere(request.match_info["id"])})

    def elsewhere(self, run: str) -> str:
        """The same machine by another name: another origin for a client."""
        return f"{self.url.replace('127.0.0.1', 'localhost')}/elsewhere/{run}"

    async def _elsewhere(self, request: web.Request) -> web.Response:
        assert "Authorization" not in request.headers, "the token was sent to another host"
        return web.Response(text=next(r.log for r in self.runs if r.id == int(request.match_info["id"])))

    async def _graphql(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        query, variables = body["query"], body["variables"]
        if "reviewThreads" in query:
            return web.json_response({"data": self._threads(variables)})
        pull = self.pull(int(variables["id"].removeprefix("PR_")))
        pull.draft = "convertPullRequestToDraft" in query
        return web.json_response({"data": {"any": {"clientMutationId": None}}})

    def _threads(self, variables: dict[str, Any]) -> dict[str, Any]:
        begun = [each for each in self.remarks if each.path and not each.answers]
        start, size = int(variables["after"] or 0), 2
        nodes = [
            {"isResolved": each.resolved, "comments": {"nodes": [{"databaseId": each.id}]}}
            for each in begun[start : start + size]
        ]
        more = start + size < len(begun)
        info = {"hasNextPage": more, "endCursor": str(start + size)}
        return {"repository": {"pullRequest": {"reviewThreads": {"pageInfo": info, "nodes": nodes}}}}

    def _named(self, request: web.Request) -> Pull:
        return self.pull(int(request.match_info["number"]))

    def _document(self, pull: Pull) -> dict[str, Any]:
        return {
            "number": pull.number,
            "node_id": f"PR_{pull.number}",
            "html_url": f"{self.url}/{REPOSITORY}/pull/{pull.number}",
            "title": pull.title,
            "body": pull.body or None,
            "draft": pull.draft,
            "state": "open" if pull.state == "open" else "closed",
            "merged_at": pull.merged_at,
            # GitHub gives a test merge's commit here while one is open.
            "merge_commit_sha": pull.merge_commit or "d" * 40,
            "head": {"ref": pull.branch, "sha": self.branches.get(pull.branch, "")},
            "base": {"ref": pull.base, "sha": self.branches.get(pull.base, "")},
        }


def _run(run: Run) -> dict[str, Any]:
    ended = run.status != "pending"
    conclusion = {"passed": "success", "failed": "failure", "skipped": "skipped"}.get(run.status)
    return {
        "id": run.id,
        "name": run.name,
        "status": "completed" if ended else "in_progress",
        "conclusion": conclusion,
        "html_url": f"http://host/runs/{run.id}",
        "output": {"title": None, "summary": run.summary or None},
        "app": {"slug": "github-actions" if run.log else "other"},
    }


def _comment(remark: Remark) -> dict[str, Any]:
    document = {
        "id": remark.id,
        "body": remark.body,
        "user": {"login": remark.author},
        "path": remark.path,
        "line": remark.line or None,
        "start_line": remark.start or None,
        "side": "LEFT" if remark.old else "RIGHT",
        "html_url": f"http://host/c/{remark.id}",
        "created_at": iso(remark.id),
    }
    return document | ({"in_reply_to_id": remark.answers} if remark.answers else {})
