"""GitLab as its documentation says: REST v4."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from core.config import ForgeKind
from tests.forges.host import FORK, REPOSITORY, Host, Pull, Refused, Remark, Run, body_of, iso


class GitLabHost(Host):
    kind = ForgeKind.GITLAB
    prefix = "/api/v4"
    unknown = {"message": "404 Project Not Found"}
    nobody = {"message": "401 Unauthorized"}

    def routes(self) -> list[web.RouteDef]:
        # The project is one part of the path, quoted; aiohttp matches it decoded.
        project = self.prefix + "/projects/team%2Fboat"
        return [
            web.get(f"{self.prefix}/user", self._user),
            web.get(f"{project}/merge_requests", self._find),
            web.post(f"{project}/merge_requests", self._create),
            web.post(f"{self.prefix}/projects/ada%2Fboat/merge_requests", self._create),
            web.get(project, self._project),
            web.get(f"{self.prefix}/projects/ada%2Fboat", self._project),
            web.get(project + r"/merge_requests/{number:\d+}", self._get),
            web.put(project + r"/merge_requests/{number:\d+}", self._update),
            web.get(project + r"/merge_requests/{number:\d+}/discussions", self._discussions),
            web.get(project + r"/repository/commits/{sha}/statuses", self._statuses),
            web.get(project + r"/jobs/{id:\d+}/trace", self._trace),
        ]

    async def _user(self, request: web.Request) -> web.Response:
        return web.json_response({"username": "octo", "id": 1})

    async def _project(self, request: web.Request) -> web.Response:
        return web.json_response({"id": 8 if "ada" in request.path else 7})

    async def _find(self, request: web.Request) -> web.Response:
        wanted = request.query
        found = [
            self._document(each)
            for each in self.pulls
            if wanted.get("state", "all") in ("all", self._state(each))
            and wanted.get("source_branch", each.branch) == each.branch
            and wanted.get("target_branch", each.base) == each.base
        ]
        return self.page(request, found)

    async def _create(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        missing = [name for name in ("title", "source_branch", "target_branch") if not body.get(name)]
        if missing:
            raise Refused(400, {"error": f"{missing[0]} is missing"})
        if body["source_branch"] not in self.branches:
            raise Refused(422, {"message": {"base": ["Source branch does not exist"]}})
        try:
            pull = self.open_pull(
                body["title"],
                body.get("description", ""),
                body["source_branch"],
                body["target_branch"],
                fork=FORK if body.get("target_project_id") == 7 and "ada" in request.path else "",
            )
        except FileExistsError:
            raise Refused(
                409, {"message": ["Another open merge request already exists for this source branch: !1"]}
            ) from None
        return web.json_response(self._document(pull), status=201)

    async def _get(self, request: web.Request) -> web.Response:
        return web.json_response(self._document(self._named(request)))

    async def _update(self, request: web.Request) -> web.Response:
        pull, body = self._named(request), await body_of(request)
        pull.title, pull.body = body.get("title", pull.title), body.get("description", pull.body)
        return web.json_response(self._document(pull))

    async def _discussions(self, request: web.Request) -> web.Response:
        begun = [each for each in self.remarks if not each.answers]
        system = {"id": 1, "body": "added 1 commit", "system": True, "author": {"username": "ann"}}
        found: list[dict[str, Any]] = [{"id": "s", "individual_note": True, "notes": [system]}]
        for each in begun:
            notes = [each, *(other for other in self.remarks if other.answers == each.id)]
            found.append({"id": f"d{each.id}", "notes": [_note(note, each) for note in notes]})
        return self.page(request, found)

    async def _statuses(self, request: web.Request) -> web.Response:
        # The earlier runs of a name are in the list too.
        old = [Run(each.id - 1000, each.name, "failed") for each in self.runs if each.id > 1000]
        return self.page(request, [self._status(each) for each in (*old, *self.runs)])

    async def _trace(self, request: web.Request) -> web.Response:
        return web.Response(text=next(r.log for r in self.runs if r.id == int(request.match_info["id"])))

    def _status(self, run: Run) -> dict[str, Any]:
        words = {"passed": "success", "failed": "failed", "pending": "running", "skipped": "skipped"}
        address = f"{self.url}/{REPOSITORY}/-/jobs/{run.id}" if run.log else ""
        return {
            "id": run.id,
            "name": run.name,
            "status": words[run.status],
            "description": run.summary or None,
            "target_url": address,
            "allow_failure": False,
        }

    def _state(self, pull: Pull) -> str:
        return {"open": "opened"}.get(pull.state, pull.state)

    def _named(self, request: web.Request) -> Pull:
        return self.pull(int(request.match_info["number"]))

    def _document(self, pull: Pull) -> dict[str, Any]:
        return {
            "id": 1000 + pull.number,
            "iid": pull.number,
            "web_url": f"{self.url}/{REPOSITORY}/-/merge_requests/{pull.number}",
            "title": pull.title,
            "description": pull.body,
            "draft": pull.title.startswith("Draft: "),
            "state": self._state(pull),
            "source_branch": pull.branch,
            "source_project_id": 8 if pull.fork else 7,
            "target_branch": pull.base,
            "sha": self.branches.get(pull.branch, ""),
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.merge_commit or None,
            "squash_commit_sha": None,
        }


def _note(remark: Remark, first: Remark) -> dict[str, Any]:
    side = "old" if first.old else "new"
    position = {
        "new_path": first.path,
        "old_path": first.path,
        f"{side}_line": first.line or None,
        "line_range": {"start": {f"{side}_line": first.start}} if first.start else None,
    }
    document = {
        "id": remark.id,
        "body": remark.body,
        "author": {"username": remark.author},
        "system": False,
        "resolvable": bool(first.path),
        "resolved": first.resolved,
        "created_at": iso(remark.id),
    }
    return document | ({"position": position} if first.path else {})
