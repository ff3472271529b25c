"""Bodies of API requests. A field left out keeps its default or, in an update, its present value."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from core.values.access import Scope
from core.values.comments import Side
from core.values.conflicts import UpdateStyle
from core.values.entities import TemplateFile
from core.values.states import MergeStyle, RunnerKind, TaskStatus

POSITION_LIMIT = 2**31
"""Places on a board; also what keeps numbers of any length out of the database."""

Position = Annotated[int, Meta(ge=0, le=POSITION_LIMIT)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Limit = Annotated[int, Meta(ge=1, le=2**31)]
DiskLimit = Annotated[int, Meta(ge=0, le=2**31)]


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base of all request bodies: an unknown field is an error that names it."""


class WantedSettings(Request, frozen=True, kw_only=True):
    """Settings of a new workspace; what is left out comes from `config.toml`."""

    runner: RunnerKind | None = None
    """None: docker when an engine answers, else host."""
    image: str = ""
    dockerfile: str = ""
    """Path in a repository, instead of an image; built from the commit that the workspace starts from."""
    build_args: dict[str, str] = {}
    devcontainer: bool = True
    """Whether a repository's `devcontainer.json` is honoured where neither image nor Dockerfile is given."""
    env: dict[str, str] = {}
    """Kept with the workspace, for everybody to read who may read that."""
    secrets: dict[str, str] = {}
    """By variable: `file:PATH`, `env:NAME` or `command:ARGV`, resolved when the environment starts."""
    auth_files: dict[str, str] = {}
    """The same by path below the home folder; files of mode 0600."""
    cpus: float | None = None
    memory_mb: Limit | None = None
    processes: Limit | None = None
    disk_mb: DiskLimit | None = None
    """Megabytes of the workspace's files, its container's included; 0: no limit."""
    network: str = ""
    """`full`, `none`, or `allow`: only the hosts in `allow_hosts`."""
    allow_hosts: tuple[str, ...] | None = None
    """Such as `example.org`, `*.example.org`, `example.org:8443`, `192.0.2.7`, `10.0.0.0/8`."""
    ports: tuple[Port, ...] = ()
    """Ports inside that this machine shall reach; empty: one for each dev-server script."""
    approve: str = ""
    """What agents may do unasked: `ask` (nothing), `edits`, `all`; empty: as the executor's profile says."""


class SetBudget(Request, frozen=True, kw_only=True):
    """New limits; null: none."""

    minutes: Annotated[float, Meta(ge=0, le=10_000_000)] | UnsetType | None = UNSET
    turns: Annotated[int, Meta(ge=0, le=2**31)] | UnsetType | None = UNSET
    tokens: Annotated[int, Meta(ge=0, le=2**53)] | UnsetType | None = UNSET
    cost: Annotated[float, Meta(ge=0, le=1_000_000_000)] | UnsetType | None = UNSET


class AddProject(Request, frozen=True, kw_only=True):
    name: str
    repos: tuple[str, ...] = ()
    """Paths, or ids or names of known repos."""


class UpdateProject(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    merge_style: MergeStyle | UnsetType = UNSET
    budget: SetBudget = SetBudget()
    add_repos: tuple[str, ...] = ()
    remove_repos: tuple[str, ...] = ()


class AddRepo(Request, frozen=True, kw_only=True):
    path: str
    """Of a repository on this machine, or the address (https, ssh, file) of one to clone."""
    into: str = ""
    """Absolute path of the folder to clone into; empty: one of the home's own."""


class UpdateRepo(Request, frozen=True, kw_only=True):
    display_name: str | UnsetType = UNSET
    setup_script: str | UnsetType = UNSET
    cleanup_script: str | UnsetType = UNSET
    check_script: str | UnsetType = UNSET
    """Has to succeed before the landing queue lands a workspace."""
    archive_script: str | UnsetType = UNSET
    dev_server_script: str | UnsetType = UNSET
    copy_files: tuple[str, ...] | UnsetType = UNSET
    parallel_setup: bool | UnsetType = UNSET
    target_branch: str | UnsetType = UNSET
    working_directory: str | UnsetType = UNSET


class TrustOwnFile(Request, frozen=True, kw_only=True):
    digest: str
    """Of the content that was looked at: nothing else is trusted, whatever the branch has meanwhile."""
    branch: str = ""
    """Empty: the repo's target branch."""


class UpdateProjectRepo(Request, frozen=True, kw_only=True):
    """What a project overrides of a repo; null: as the repo says."""

    setup_script: str | UnsetType | None = UNSET
    cleanup_script: str | UnsetType | None = UNSET
    check_script: str | UnsetType | None = UNSET
    archive_script: str | UnsetType | None = UNSET
    dev_server_script: str | UnsetType | None = UNSET
    copy_files: tuple[str, ...] | UnsetType | None = UNSET
    parallel_setup: bool | UnsetType | None = UNSET


class AddTemplate(Request, frozen=True, kw_only=True):
    name: str
    description: str = ""
    language: str = ""
    settings: WantedSettings = WantedSettings()
    files: tuple[TemplateFile, ...] = ()
    public: bool = False


class AddTask(Request, frozen=True, kw_only=True):
    project: str
    title: str
    description: str = ""
    parent_workspace: str = ""
    """Name of the workspace whose task this one is a part of; empty: of none."""
    status: TaskStatus = TaskStatus.TODO
    position: Position | None = None
    """None: at the end of its project's board."""


class MoveTask(Request, frozen=True, kw_only=True):
    """Where on the board a task is to stand: beside another one of the status, else last of all."""

    status: TaskStatus | UnsetType = UNSET
    before: str = ""
    """The task to stand in front of."""
    after: str = ""
    """The task to stand behind."""


class UpdateTask(Request, frozen=True, kw_only=True):
    title: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    status: TaskStatus | UnsetType = UNSET
    budget: SetBudget = SetBudget()
    position: Position | UnsetType = UNSET


class NewWorkspace(Request, frozen=True, kw_only=True):
    task: str
    name: str = ""
    """Empty: made from the task's title."""
    agent: str = ""
    """Executor that starts on the task at once; empty: no agent is started."""
    prompt: str = ""
    """Empty: the task's title and description."""
    target_branch: str = ""
    """Empty: each repo's default, else the branch that is checked out there."""
    targets: dict[str, str] = {}
    """By repo (path, name or id), before `target_branch`; `REMOTE/BRANCH` is a remote-tracking branch."""
    fetch: bool = False
    """Whether the repos' remotes are fetched first."""
    template: str = ""
    """Name of a template: its files are written, its settings taken where none are given."""
    settings: WantedSettings = WantedSettings()


class RunTask(Request, frozen=True, kw_only=True):
    """Project, task, workspace and agent in one go; what exists already is used."""

    title: str
    repos: tuple[str, ...]
    description: str = ""
    project: str = ""
    """Empty: the first repo's name."""
    agent: str = ""
    name: str = ""
    target_branch: str = ""
    targets: dict[str, str] = {}
    """By repo (path, name or id), before `target_branch`; `REMOTE/BRANCH` is a remote-tracking branch."""
    fetch: bool = False
    """Whether the repos' remotes are fetched first."""
    template: str = ""
    """Name of a template: its files are written, its settings taken where none are given."""
    settings: WantedSettings = WantedSettings()


class SendPrompt(Request, frozen=True, kw_only=True):
    prompt: str
    agent: str = ""
    """Empty or the session's own: the same session goes on; another: a new session, which is told what
    happened before."""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    request_id: Annotated[str, Meta(max_length=100)] = ""
    """Chosen by the client, once per prompt: the same prompt sent again with it, because the answer got
    lost, say, is answered as before and does nothing. Empty: the client will not ask again."""


class UpdateQueued(Request, frozen=True, kw_only=True):
    prompt: str | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    """Its place in the queue from then on; behind the last: the last."""


class AddTag(Request, frozen=True, kw_only=True):
    name: str
    content: str = ""


class UpdateTag(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    content: str | UnsetType = UNSET


class AddToken(Request, frozen=True, kw_only=True):
    name: str
    scope: Scope = Scope.READ
    seconds: Annotated[float, Meta(gt=0, le=10 * 366 * 86400)] | None = None
    """How long it holds; None: until it is removed."""


class PutScratch(Request, frozen=True, kw_only=True):
    payload: dict[str, object]


class AddImage(Request, frozen=True, kw_only=True):
    path: str
    """Absolute, of a file on this machine."""


class AttachImage(Request, frozen=True, kw_only=True):
    image: str


class AnswerApproval(Request, frozen=True, kw_only=True):
    option: str = ""
    """Id or kind of the chosen option; empty: the first that allows once."""
    values: dict[str, str | float | bool | tuple[str, ...]] = {}
    """What is filled in, by the names of the request's form fields."""


class TestAgent(Request, frozen=True, kw_only=True):
    """A one-line turn; in a workspace, or on this machine in a copy of a repository or an empty one."""

    __test__ = False  # no test of pytest's

    workspace: str = ""
    repo: str = ""
    seconds: Annotated[float, Meta(gt=0, le=3600)] = 120.0
    """After so long it has failed."""


class AddAgent(Request, frozen=True, kw_only=True):
    """A profile `[agents.NAME]` of `config.toml`; one of that name is replaced. See `core.config`."""

    name: str
    kind: str
    command: tuple[str, ...] = ()
    title: str = ""
    env: dict[str, str] = {}
    install: str = ""
    approve: str = "ask"
    model: str = ""
    mode: str = ""
    where: str = "workspace"


class TypeText(Request, frozen=True, kw_only=True):
    """Something to type on the screen of an agent."""

    text: str
    enter: bool = True
    """Whether Enter is pressed behind it."""


class SetMode(Request, frozen=True, kw_only=True):
    """Another mode for the agent of a workspace to work in."""

    mode: str
    """The agent's own word for it."""


class RunCommand(Request, frozen=True, kw_only=True):
    argv: tuple[str, ...]


class DevServerRequest(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name of the repo whose dev server is meant; empty: every repo's."""


class MergeWorkspace(Request, frozen=True, kw_only=True):
    style: MergeStyle | None = None
    """None: the project's."""
    message: str = ""
    """Empty: drafted from the task."""
    push: bool = False
    """Whether the target branches are pushed to their remotes afterwards."""


class PushWorkspace(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name or id of the only repo to push; empty: all."""
    remote: str = ""
    """Empty: the one that git's own settings say."""


class OpenPullRequest(Request, frozen=True, kw_only=True):
    repo: str = ""
    """Name or id of the only repo; empty: each that has commits of its own."""
    remote: str = ""
    """Empty: the one that git's own settings say."""
    base: str = ""
    """The branch at the host that it is to go into; empty: the one that the target branch follows."""
    title: str = ""
    """Empty: the task's."""
    body: str | None = None
    """None: drafted from the task, the agent's summary and the repository's template."""
    draft: bool = False


class UpdatePullRequest(Request, frozen=True, kw_only=True):
    """New commits are pushed, too."""

    repo: str = ""
    title: str | UnsetType = UNSET
    body: str | UnsetType = UNSET
    draft: bool | UnsetType = UNSET


class SendChecks(Request, frozen=True, kw_only=True):
    repo: str = ""
    names: tuple[str, ...] = ()
    """Of the checks; none: all that have failed."""
    message: str = ""
    """What the agent is told first; empty: that they have failed."""
    agent: str = ""
    """Empty: the one of the latest session."""
    request_id: str = ""
    """The same one is not sent twice."""


class PublishWorkspace(Request, frozen=True, kw_only=True):
    folder: str = "canvas"
    """Below where agents work in the workspace."""


class RemixWorkspace(Request, frozen=True, kw_only=True):
    name: str = ""
    """Empty: made from the task's title."""
    with_env: bool = False
    """Whether variables, secrets' references and auth files come along."""
    agent: str = ""
    prompt: str = ""


class UpdateWorkspace(Request, frozen=True, kw_only=True):
    cpus: float | UnsetType = UNSET
    memory_mb: Limit | UnsetType = UNSET
    processes: Limit | UnsetType = UNSET
    disk_mb: DiskLimit | UnsetType = UNSET
    network: str | UnsetType = UNSET
    """Holds from the container's next start on; limits hold at once."""
    allow_hosts: tuple[str, ...] | UnsetType = UNSET
    pinned: bool | UnsetType = UNSET
    """A pinned workspace never closes by itself."""
    idle_minutes: Annotated[float, Meta(ge=0, le=525_600)] | UnsetType | None = UNSET
    """It closes by itself after so long; 0: never. None: as the settings say."""


class ArchiveWorkspace(Request, frozen=True, kw_only=True):
    skip_script: bool = False


class EmptyTrash(Request, frozen=True, kw_only=True):
    """Names, or all of them."""

    names: tuple[str, ...] = ()
    all: bool = False
    dry_run: bool = False


class TakeCheckpoint(Request, frozen=True, kw_only=True):
    message: str = ""


class ExportCheckpoint(Request, frozen=True, kw_only=True):
    number: Limit


class ImportCheckpoint(Request, frozen=True, kw_only=True):
    file: str
    """Name of a zip in the home's exchange folder; the engine deletes it."""


class RestoreTo(Request, frozen=True, kw_only=True):
    number: Limit
    """The checkpoint's."""


class RewindWorkspace(Request, frozen=True, kw_only=True):
    process: str
    """Of the turn that is taken back, with all later ones."""


class RemoveWorkspace(Request, frozen=True, kw_only=True):
    force: bool = False
    """Without it, a workspace with something to lose is refused and the loss told."""


class PruneContainers(Request, frozen=True, kw_only=True):
    dry_run: bool = False
    """Only say what would be removed."""


class PruneLogs(Request, frozen=True, kw_only=True):
    """Removes what `[logs]` in the settings does not keep any longer."""

    dry_run: bool = False


class UpdateDefaults(Request, frozen=True, kw_only=True):
    """Settings of new workspaces, written into `config.toml`; what is left out stays as it is there."""

    runner: RunnerKind | UnsetType | None = UNSET
    """None: docker when an engine answers, else host."""
    image: str | UnsetType = UNSET
    cpus: float | UnsetType = UNSET
    memory_mb: Limit | UnsetType = UNSET
    processes: Limit | UnsetType = UNSET
    disk_mb: DiskLimit | UnsetType = UNSET
    network: str | UnsetType = UNSET
    allow_hosts: tuple[str, ...] | UnsetType = UNSET


class SetConfig(Request, frozen=True, kw_only=True):
    """One key of `config.toml`."""

    key: str
    """Such as `workspace.memory_mb`."""
    value: str | None
    """As TOML; what is no TOML is taken as text. None takes it out of the file: the default holds."""


class UpdateFromTarget(Request, frozen=True, kw_only=True):
    style: UpdateStyle = UpdateStyle.MERGE


class TakeSide(Request, frozen=True, kw_only=True):
    """A file in conflict, and whose version of it is taken."""

    path: str
    repo: str = ""
    """Name or id; empty where there is one only."""
    theirs: bool = False
    """The side that is brought in; else the one that was there."""


LineRange = tuple[Limit, Limit]
"""First and last line, from 1."""


class DiffPart(Request, frozen=True, kw_only=True):
    """A file of a diff, or some of its changed lines."""

    path: str
    """As the diff gave it."""
    repo: str = ""
    """Name or id; empty where there is one only."""
    old: tuple[LineRange, ...] = ()
    """Removed lines, as the old side counts them."""
    new: tuple[LineRange, ...] = ()
    """Added lines, as the new side counts them; neither of both: the whole file."""


class FileAction(StrEnum):
    """What becomes of a file, or of a folder with all that is in it."""

    CREATE = "create"
    RENAME = "rename"
    DELETE = "delete"
    RESTORE = "restore"
    """As a checkpoint or a commit has it."""


class ChangeFile(Request, frozen=True, kw_only=True):
    action: FileAction
    path: str
    """Below the workspace's folder: the repository's name, then the path in it."""
    to: str = ""
    """The new path, for `rename`."""
    content: str = ""
    """For `create`."""
    checkpoint: int = 0
    """The number, for `restore`."""
    commit: str = ""
    """Instead of a checkpoint: git's id, as the file's history says it."""
    source: str = ""
    """For `restore`: what the file was called there; empty: as now."""


class DiscardParts(Request, frozen=True, kw_only=True):
    parts: tuple[DiffPart, ...]
    base: str = ""
    """What the diff compares with, as for the diff."""
    snapshot: dict[str, str] = {}
    """`DiffSummary.snapshot` of what was looked at: when the workspace has changed since, nothing is done."""


class TakeParts(DiscardParts, frozen=True, kw_only=True):
    """Either a workspace gets them, or a branch of the user's repository."""

    into: str = ""
    """Name of the workspace that gets them."""
    branch: str = ""
    """The branch that gets a commit of them; made from the target branch where there is none."""
    message: str = ""
    """Of that commit; empty: drafted from the task."""


class AddComment(Request, frozen=True, kw_only=True):
    """A comment on lines of a file in a diff, or on the file as a whole."""

    path: str
    body: str
    repo: str = ""
    """Name or id; empty where there is one only."""
    side: Side = Side.NEW
    first: Annotated[int, Meta(ge=0)] = 0
    """Line, from 1; 0: the file as a whole."""
    last: Annotated[int, Meta(ge=0)] = 0
    """0: the same line."""
    base: str = ""
    """What the diff compares with; the old side is that."""


class UpdateComment(Request, frozen=True, kw_only=True):
    body: str | UnsetType = UNSET
    """With another text it counts as not sent."""
    resolved: bool | UnsetType = UNSET


class SendComments(Request, frozen=True, kw_only=True):
    ids: tuple[str, ...] = ()
    """None: all that are neither resolved nor sent."""
    message: str = ""
    """Said before them; empty: a request to address them."""
    agent: str = ""
    """As for a prompt."""
    request_id: Annotated[str, Meta(max_length=100)] = ""
    """As for a prompt."""


class MarkReviewed(Request, frozen=True, kw_only=True):
    """That a file of the diff has been read, or not."""

    path: str
    content: Annotated[str, Meta(max_length=64)] = ""
    """`FileChange.new_id` of what was read: with another content the mark is gone."""
    repo: str = ""
    reviewed: bool = True


class QueueLanding(Request, frozen=True, kw_only=True):
    """Workspaces that are to land one after the other."""

    workspaces: tuple[str, ...]
    """Names, in this order."""
    style: MergeStyle | None = None
    """None: as each one's project says."""
    by_forecast: bool = False
    """In the order that the conflict forecast proposes."""
    start: bool = True


class ChooseAttempt(Request, frozen=True, kw_only=True):
    """The attempt that stays; all others of the task are archived."""

    workspace: str
    skip_script: bool = False
    """Leave the archive scripts out."""
