"""The dialog about how workspaces of a repository set themselves up: scripts, and files beside git."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult

from core.values.entities import ProjectRepo, Repo
from core.values.text import safe_text
from tui.widgets.choice import Choice
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Sheet

SCRIPTS = (
    ("setup_script", "Set-up", "runs once, in the new clone"),
    ("cleanup_script", "Cleanup", "runs after each turn"),
    ("check_script", "Check", "must succeed before the landing queue lands it"),
    ("archive_script", "Archive", "runs when a workspace is archived"),
    ("dev_server_script", "Dev server", "runs until it is stopped"),
)


@dataclass(frozen=True)
class RepoForm:
    """What was filled in; None: as the repo says (only where a project overrides)."""

    scripts: dict[str, str | None]
    copy_files: tuple[str, ...] | None
    parallel_setup: bool | None


class RepoSheet(Sheet[RepoForm]):
    """A repo's own settings, or with `override` what a project says otherwise."""

    def __init__(self, repo: Repo, override: ProjectRepo | None = None, project: str = "") -> None:
        where = f" in {project}" if override is not None else ""
        super().__init__(
            f"{repo.display_name or repo.name}{where}", "{send} keep", "{newline} new line", "{leave} cancel"
        )
        self._repo = repo
        self._override = override

    def body(self) -> ComposeResult:
        for name, label, hint in SCRIPTS:
            yield self.field(label, self._text(name, hint))
        yield self.field("Copy files", self._text("copy_files", "patterns such as .env*, a line each"))
        yield self.field("Set-ups", Choice(self._parallel(), at=self._parallel_at(), id="parallel-setup"))

    def on_mount(self) -> None:
        self.query_one("#setup-script").focus()

    def _text(self, name: str, hint: str) -> Prompt:
        own = _shown(getattr(self._repo, name))
        if self._override is not None:
            hint = f"as the repo says: {own.partition(chr(10))[0] or 'nothing'}"
            own = _shown(getattr(self._override, name))
        prompt = Prompt(hint, id=name.replace("_", "-"))
        prompt.text = own
        return prompt

    def _parallel(self) -> list[tuple[str, str, bool | None]]:
        options: list[tuple[str, str, bool | None]] = [
            ("one by one", "after those of other repos", False),
            ("side by side", "when every repo of the workspace allows it", True),
        ]
        if self._override is not None:
            options.append(("as the repo", "what the repo's own setting says", None))
        return options

    def _parallel_at(self) -> int:
        if self._override is None:
            return int(self._repo.parallel_setup)
        return 2 if self._override.parallel_setup is None else int(self._override.parallel_setup)

    @on(Choice.Submitted)
    def submit(self) -> None:
        texts = {name: self._given(name) for name, _, _ in SCRIPTS}
        patterns = self._given("copy_files")
        parallel = self.query_one("#parallel-setup", Choice).value
        copy_files = None if patterns is None else tuple(filter(None, map(str.strip, patterns.splitlines())))
        self.dismiss(RepoForm(texts, copy_files, parallel))

    def _given(self, name: str) -> str | None:
        text = self.query_one(f"#{name.replace('_', '-')}", Prompt).text.strip()
        return None if self._override is not None and not text else text


def _shown(value: str | tuple[str, ...] | None) -> str:
    text = "\n".join(value) if isinstance(value, tuple) else value or ""
    return safe_text(text, multiline=True)
