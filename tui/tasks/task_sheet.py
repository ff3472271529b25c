"""The dialogs for a task: a new one, and a start with its agent, runner and branch."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input

from core.values.states import RunnerKind
from core.values.text import safe_text
from tui.engine.form_drafts import Keep, Texts
from tui.engine.store import Store, marked_title
from tui.tasks.description import Description
from tui.widgets.choice import Choice
from tui.widgets.line_input import LineInput
from tui.widgets.prompt import Prompt
from tui.widgets.sheet import Result, Sheet, form_hints

if TYPE_CHECKING:
    from core.values.entities import AgentInfo, Project, RunnerInfo, Template


@dataclass(frozen=True)
class Means:
    """What there is to run a task with."""

    store: Store
    agents: Sequence[AgentInfo]
    runners: Sequence[RunnerInfo]
    default_runner: RunnerKind
    last_agent: str = ""
    templates: Sequence[Template] = ()


@dataclass(frozen=True)
class TaskForm:
    """What was filled in."""

    title: str
    description: str
    project: str
    """Id of the project; empty: `path` says which repository."""
    path: str
    start: bool
    agent: str
    runner: RunnerKind | None
    target_branch: str = ""
    name: str = ""
    approve: str = ""
    """What the agent may do unasked; empty: as its profile says."""
    env: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()
    """References by name."""
    fetch: bool = False
    template: str = ""
    image: str = ""
    """An image's name, or with `./` in front the path of a Dockerfile in the repository."""
    pictures: tuple[str, ...] = ()
    """Paths of those that go with the task."""


PERMISSIONS = (
    ("as usual", "what the agent's profile says", ""),
    ("ask", "nothing without your answer", "ask"),
    ("edits", "edit files without asking", "edits"),
    ("all", "everything without asking", "all"),
)


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """The `NAME=value` words of a line; a value with blanks is put in quotes.

    Raises:
        ValueError: A word is none; the message says what to do.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise ValueError("A quote is left open.") from error
    found = [tuple(word.split("=", 1)) for word in words]
    if any(len(pair) != 2 or not pair[0] for pair in found):
        raise ValueError("Write NAME=value, with quotes around it where the value has blanks.")
    return tuple((name, value) for name, value in found)


def agent_options(means: Means) -> list[tuple[str, str, str]]:
    """The agents that can be used here, real ones first; the last used one before all."""
    usable = [agent for agent in means.agents if agent.available]
    usable.sort(key=lambda agent: (agent.name != means.last_agent, agent.demonstration))
    return [(marked_title(agent), agent.detail, agent.name) for agent in usable]


def runner_options(means: Means) -> list[tuple[str, str, RunnerKind]]:
    """The runners that answer, the default first."""
    usable = [runner for runner in means.runners if runner.available]
    wanted = os.environ.get("BOATYARD_RUNNER") or means.default_runner
    usable.sort(key=lambda runner: runner.kind != wanted)
    note = "isolates nothing: the agent runs as you, on this machine"
    return [(str(r.kind), r.detail if r.isolates else note, r.kind) for r in usable]


class TaskTexts(Sheet[Result], Generic[Result]):
    """Title and description of a task, kept as they are typed."""

    def __init__(self, title: str, hints: Sequence[str], drafted: Texts, keep: Keep, present: Texts) -> None:
        """
        Args:
            title: What the dialog is about.
            hints: What can be done in it.
            drafted: What was typed before and not sent.
            keep: Is given what is typed.
            present: What the fields hold where nothing was typed.
        """
        super().__init__(title, *hints)
        self._drafted = dict(drafted)
        self._keep = keep
        self._present = present

    def beginning(self, field: str) -> str:
        """What a field holds at first."""
        text = self._drafted.get(field, self._present.get(field, ""))
        return safe_text(text, multiline=field != "title")

    @on(Input.Changed, "#title")
    def _title_typed(self, event: Input.Changed) -> None:
        self._typed("title", event.value)

    @on(Prompt.Changed, "#description")
    def _description_typed(self, event: Prompt.Changed) -> None:
        self._typed("description", event.text_area.text)

    @on(Description.Pictured)
    def _pictured(self, event: Description.Pictured) -> None:
        event.stop()
        self._typed("pictures", "\n".join(event.paths))

    def described(self, placeholder: str = "") -> Description:
        """The field of the description, with the pictures that were pasted there."""
        pictures = self.beginning("pictures").splitlines()
        return Description(self.beginning("description"), placeholder, pictures)

    @property
    def pictures(self) -> tuple[str, ...]:
        """The paths of the pictures that go with the task."""
        return self.query_one(Description).pictures

    def _typed(self, field: str, text: str) -> None:
        if text == self.beginning(field):
            return
        self._drafted[field] = text
        self._keep(dict(self._drafted))


class TaskSheet(TaskTexts[TaskForm]):
    """A new task: Enter in any field makes it, and starts it unless told otherwise."""

    def __init__(
        self,
        means: Means,
        projects: Sequence[Project],
        here: str,
        at: int = 0,
        *,
        drafted: Texts,
        keep: Keep,
        title: str = "New task",
    ) -> None:
        hints = form_hints("make it", "{preview-text} preview")
        super().__init__(title, hints, drafted, keep, {})
        self._means = means
        self._projects = projects
        self._here = here
        self._at = at

    def body(self) -> ComposeResult:
        what = LineInput(
            self.beginning("title"), placeholder="What is to be done", id="title", compact=True,
            select_on_focus=False,
        )  # fmt: skip
        yield self.field("Task", what)
        more = "More for the agent, if the title does not say it"
        yield self.field("Description", self.described(more))
        if self._projects:
            options = [(project.name, "", project.id) for project in self._projects]
            yield self.field("Project", Choice(options, at=self._at, id="project"))
        else:
            yield self.field(
                "Repository",
                LineInput(self._here, placeholder="/path/of/a/repository", id="path", compact=True),
            )
        agents = agent_options(self._means)
        then: list[tuple[str, str, str]] = [("only add it", self.filled("start it later with {start}"), "")]
        yield self.field("Start with", Choice([*agents, *then], id="agent"))
        runners = runner_options(self._means)
        if runners:
            yield self.field("Runner", Choice(runners, id="runner"))

    def on_mount(self) -> None:
        self.query_one("#title", Input).focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        title = self.query_one("#title", Input).value.strip()
        path = self.query_one("#path", Input).value.strip() if not self._projects else ""
        if not title:
            self.problem("Say in a few words what is to be done.")
            self.query_one("#title").focus()
            return
        if not self._projects and not path:
            self.problem("Give the path of the git repository that the task is about.")
            self.query_one("#path").focus()
            return
        agent = str(self.query_one("#agent", Choice).value)
        runner = self.query_one("#runner", Choice).value if self.query("#runner") else None
        project = str(self.query_one("#project", Choice).value) if self._projects else ""
        description = self.query_one("#description", Prompt).text.strip()
        form = TaskForm(title, description, project, path, bool(agent), agent, runner)
        self.dismiss(replace(form, pictures=self.pictures))


START_HINTS = ("{option-accept} start", "{sheet-next} next field", "{sheet-leave} cancel")


class StartSheet(Sheet[TaskForm]):
    """A workspace on a task: Enter starts with what is there."""

    def __init__(self, means: Means, title: str, branch: str, again: bool) -> None:
        super().__init__("Another attempt" if again else "Start the task", *START_HINTS)
        self._means = means
        self._task_title = title
        self._branch = branch

    def body(self) -> ComposeResult:
        from textual.widgets import Static

        from tui.text.literal import literal

        yield Static(literal(self._task_title + "\n", "bold", multiline=True))
        yield self.field(
            "Agent",
            Choice(agent_options(self._means) or [("none", "no agent can be used here", "")], id="agent"),
        )
        runners = runner_options(self._means)
        if runners:
            yield self.field("Runner", Choice(runners, id="runner"))
        yield self.field("Permissions", Choice(PERMISSIONS, id="approve"))
        branch = LineInput(
            placeholder=self._branch or "the branch checked out there", id="branch", compact=True
        )
        yield self.field("From branch", branch)
        fetch = Choice([("as it is here", "", False), ("fetched first", "", True)], id="fetch")
        yield self.field("Remote", fetch)
        yield self.field("Name", LineInput(placeholder="made from the title", id="name", compact=True))
        usual = os.environ.get("BOATYARD_IMAGE") or "the repository's, or the default"
        image = LineInput(placeholder=usual, id="image", compact=True)
        yield self.field("Image", image)
        if self._means.templates:
            options = [
                ("none", "", ""),
                *((each.name, each.description, each.name) for each in self._means.templates),
            ]
            yield self.field("Template", Choice(options, id="template"))
        yield self.field("Variables", LineInput(placeholder="NAME=value OTHER=value", id="env", compact=True))
        secrets = LineInput(placeholder="NAME=file:PATH, env:NAME or command:…", id="secrets", compact=True)
        yield self.field("Secrets", secrets)

    def on_mount(self) -> None:
        self.query_one("#agent").focus()

    @on(Choice.Submitted)
    def submit(self) -> None:
        agent = str(self.query_one("#agent", Choice).value)
        runner = self.query_one("#runner", Choice).value if self.query("#runner") else None
        branch = self.query_one("#branch", Input).value.strip()
        name = self.query_one("#name", Input).value.strip()
        approve = str(self.query_one("#approve", Choice).value)
        image = self.query_one("#image", Input).value.strip()
        template = str(self.query_one("#template", Choice).value) if self.query("#template") else ""
        fetch = bool(self.query_one("#fetch", Choice).value)
        try:
            env, secrets = (pairs(self.query_one(f"#{id_}", Input).value) for id_ in ("env", "secrets"))
        except ValueError as error:
            self.problem(str(error))
            return
        form = TaskForm(self._task_title, "", "", "", True, agent, runner, branch, name, approve)
        self.dismiss(replace(form, env=env, secrets=secrets, fetch=fetch, template=template, image=image))


class EditSheet(TaskTexts[tuple[str | None, str | None, tuple[str, ...]]]):
    """A task's title and description, None for what was left as it is, and the paths of more pictures."""

    def __init__(self, title: str, description: str, *, drafted: Texts, keep: Keep) -> None:
        hints = ("{send} keep", "{newline} new line", "{preview-text} preview", "{leave} cancel")
        present = {"title": title, "description": description}
        super().__init__("Edit the task", hints, drafted, keep, present)
        self._task_title = safe_text(title)
        self._description = safe_text(description, multiline=True)

    def body(self) -> ComposeResult:
        yield self.field(
            "Task", LineInput(self.beginning("title"), id="title", compact=True, select_on_focus=False)
        )
        yield self.field("Description", self.described())

    def on_mount(self) -> None:
        self.query_one("#title").focus()

    def submit(self) -> None:
        title = self.query_one("#title", Input).value.strip()
        if not title:
            self.problem("A task needs a title.")
            return
        description = self.query_one("#description", Prompt).text
        self.dismiss(
            (
                None if title == self._task_title else title,
                None if description == self._description else description.strip(),
                self.pictures,
            )
        )


class PathSheet(Sheet[tuple[str, str]]):
    """A project of a repository: gives its path and the project's name."""

    def __init__(self, here: str) -> None:
        super().__init__("Add a project", *form_hints("add"))
        self._here = here

    def body(self) -> ComposeResult:
        yield self.field(
            "Repository",
            LineInput(self._here, placeholder="/path or https://address", id="path", compact=True),
        )
        yield self.field("Name", LineInput(placeholder="the folder's name", id="name", compact=True))

    def on_mount(self) -> None:
        self.query_one("#path").focus()

    def submit(self) -> None:
        path = self.query_one("#path", Input).value.strip()
        if not path:
            self.problem("Give the path of a git repository on this machine.")
            return
        self.dismiss((path, self.query_one("#name", Input).value.strip()))
