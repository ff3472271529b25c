"""Gitea and Forgejo as their documentation says: REST v1."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from core.config import ForgeKind
from tests.forges.host import FORK, REPOSITORY, TOKEN, Host, Pull, Refused, Remark, Run, body_of, iso


class GiteaHost(Host):
    kind = ForgeKind.GITEA
    prefix = "/api/v1"
    size_parameter = "limit"
    most = 50
    unknown = {"message": "The target couldn't be found.", "url": "http://host/api/swagger", "errors": []}
    nobody = {"message": "invalid username, password or token", "url": "http://host/api/swagger"}

    def routes(self) -> list[web.RouteDef]:
        repo = f"{self.prefix}/repos/{REPOSITORY}"
        return [
            web.get(f"{self.prefix}/user", self._user),
            web.get(f"{repo}/pulls", self._find),
            web.post(f"{repo}/pulls", self._create),
            web.get(repo + r"/pulls/{number:\d+}", self._get),
            web.patch(repo + r"/pulls/{number:\d+}", self._update),
            web.get(repo + r"/pulls/{number:\d+}/reviews", self._reviews),
            web.get(repo + r"/pulls/{number:\d+}/reviews/{id:\d+}/comments", self._comments),
            web.get(repo + r"/issues/{number:\d+}/comments", self._remarks),
            web.get(repo + r"/commits/{sha}/statuses", self._statuses),
        ]

    def _authorized(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"token {TOKEN}"

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"login": "octo", "id": 1})

    async def _find(self, request: web.Request) -> web.Response:
        state = request.query.get("state", "open")
        found = [
            self._document(each)
            for each in self.pulls
            if state in ("all", "open" if each.state == "open" else "closed")
        ]
        return self.page(request, found)

    async def _create(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        owner, _, branch = body["head"].rpartition(":")
        body["head"], fork = branch, FORK if owner == FORK.split("/")[0] else ""
        if body["head"] not in self.branches or body["base"] not in self.branches:
            raise Refused(404, self.unknown)
        try:
            pull = self.open_pull(body["title"], body.get("body", ""), body["head"], body["base"], fork=fork)
        except FileExistsError:
            message = "pull request already exists for these targets [id: 1]"
            raise Refused(409, {"message": message, "url": "http://host/api/swagger"}) from None
        return web.json_response(self._document(pull), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._document(self._named(request)))

    async def _update(self, request: web.Request) -> web.Response:
        pull, body = self._named(request), await body_of(request)
        pull.title, pull.body = body.get("title", pull.title), body.get("body", pull.body)
        return web.json_response(self._document(pull), status=201)

    async def _reviews(self, request: web.Request) -> web.Response:
        """One review for each comment on a line."""
        found = [
            {
                "id": each.id,
                "body": "",
                "state": "COMMENT",
                "comments_count": 1,
                "user": {"login": each.author},
                "submitted_at": iso(each.id),
            }
            for each in self.remarks
            if each.path
        ]
        return self.page(request, found)

    async def _comments(self, request: web.Request) -> web.Response:
        wanted = int(request.match_info["id"])
        return web.json_response([_comment(each) for each in self.remarks if each.id == wanted])

    async def _remarks(self, request: web.Request) -> web.Response:
        found = [
            {"id": each.id, "body": each.body, "user": {"login": each.author}, "created_at": iso(each.id)}
            for each in self.remarks
            if not each.path
        ]
        return self.page(request, found)

    async def _statuses(self, request: web.Request) -> web.Response:
        old = [Run(each.id - 1000, each.name, "failed") for each in self.runs if each.id > 1000]
        return self.page(request, [_status(each) for each in (*old, *self.runs)])

    def _named(self, request: web.Request) -> Pull:
        return self.pull(int(request.match_info["number"]))

    def _document(self, pull: Pull) -> dict[str, Any]:
        repo = {"full_name": REPOSITORY}
        head = {"full_name": pull.fork or REPOSITORY}
        return {
            "id": 1000 + pull.number,
            "number": pull.number,
            "html_url": f"{self.url}/{REPOSITORY}/pulls/{pull.number}",
            "title": pull.title,
            "body": pull.body,
            "draft": pull.title.startswith("WIP:"),
            "state": "open" if pull.state == "open" else "closed",
            "merged": pull.state == "merged",
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.merge_commit or None,
            "head": {"ref": pull.branch, "sha": self.branches.get(pull.branch, ""), "repo": head},
            "base": {"ref": pull.base, "sha": self.branches.get(pull.base, ""), "repo": repo},
        }


def _status(run: Run) -> dict[str, Any]:
    words = {"passed": "success", "failed": "failure", "pending": "pending", "skipped": "skipped"}
    return {
        "id": run.id,
        "context": run.name,
        "status": words[run.status],
        "description": run.summary,
        "target_url": f"/runs/{run.id}",
        "created_at": iso(run.id),
    }


def _comment(remark: Remark) -> dict[str, Any]:
    return {
        "id": remark.id,
        "body": remark.body,
        "user": {"login": remark.author},
        "path": remark.path,
        "position": 0 if remark.old else remark.line,
        "original_position": remark.line if remark.old else 0,
        "resolver": {"login": "ann"} if remark.resolved else None,
        "html_url": f"http://host/c/{remark.id}",
        "created_at": iso(remark.id),
    }
