"""What the engine tells its clients about: frozen values, as the API sends them.

Ids are UUIDs as 32 hexadecimal digits. Times are seconds since 1970-01-01 UTC with milliseconds; None
means "not yet". Text from outside (titles, branches, output) is data and may hold any character.
"""

from __future__ import annotations

from core.values.conflicts import UpdateState
from core.values.pull_requests import PullLink
from core.values.states import (
    Activity,
    ApprovalStatus,
    CheckpointKind,
    MergeStyle,
    OperationStatus,
    ProcessStatus,
    RunnerKind,
    RunReason,
    TaskStatus,
    WorkspaceState,
)
from core.values.value import Value


class Budget(Value, frozen=True, kw_only=True):
    """Limits of what agents may use; None: no limit."""

    minutes: float | None = None
    """Of turns, added up."""
    turns: int | None = None
    tokens: int | None = None
    """In and out together."""
    cost: float | None = None
    """In US dollars, as far as agents report it."""


class Spent(Value, frozen=True, kw_only=True):
    """What agents have used, as far as they report it."""

    turns: int = 0
    minutes: float = 0.0
    tokens: int = 0
    """In and out together."""
    cost: float = 0.0
    """In US dollars."""


class Project(Value, frozen=True, kw_only=True):
    id: str
    name: str
    repo_ids: tuple[str, ...] = ()
    merge_style: MergeStyle = MergeStyle.MERGE
    budget: Budget = Budget()
    """Over all its tasks."""


class Repo(Value, frozen=True, kw_only=True):
    id: str
    path: str
    """Canonical absolute path of the user's repository."""
    name: str
    """The folder's name, used for the clone inside a workspace; unique within a workspace."""
    display_name: str = ""
    setup_script: str = ""
    cleanup_script: str = ""
    check_script: str = ""
    """Has to succeed before the landing queue lands a workspace."""
    archive_script: str = ""
    dev_server_script: str = ""
    copy_files: tuple[str, ...] = ()
    parallel_setup: bool = False
    target_branch: str = ""
    """Default target branch; empty: the branch checked out when a workspace starts."""
    working_directory: str = ""


class ProjectRepo(Value, frozen=True, kw_only=True):
    """A repo's place in a project, with what the project overrides; None: as the repo says."""

    project_id: str
    repo_id: str
    setup_script: str | None = None
    cleanup_script: str | None = None
    check_script: str | None = None
    archive_script: str | None = None
    dev_server_script: str | None = None
    copy_files: tuple[str, ...] | None = None
    parallel_setup: bool | None = None


class TemplateFile(Value, frozen=True, kw_only=True):
    path: str
    """As seen from the top of the workspace's first repository."""
    content: bytes = b""
    """As base64 in JSON."""


class Template(Value, frozen=True, kw_only=True):
    """What workspaces can be made from: files, and settings for what is not given."""

    id: str
    name: str
    description: str = ""
    language: str = ""
    settings: dict[str, object] = {}
    """Fields of `WantedSettings` (see `core.values.requests`)."""
    files: tuple[TemplateFile, ...] = ()
    """In lists without their content."""
    public: bool = False
    use_count: int = 0


class Task(Value, frozen=True, kw_only=True):
    id: str
    project_id: str
    title: str
    description: str = ""
    status: TaskStatus = TaskStatus.TODO
    parent_workspace: str | None = None
    """Name of the workspace whose task this one is a part of."""
    position: int = 0
    budget: Budget = Budget()
    """Over all its workspaces."""
    created_at: float = 0.0
    updated_at: float = 0.0


class WorkspaceRepo(Value, frozen=True, kw_only=True):
    repo_id: str
    name: str
    path: str
    """Absolute path of the clone's working tree."""
    target_branch: str
    base_commit: str
    head: str
    added: int = 0
    """Lines added against the target at the last snapshot."""
    removed: int = 0


class CopiedFiles(Value, frozen=True, kw_only=True):
    """What was copied into a clone from beside git; no snapshot, checkpoint or merge has it."""

    repo: str
    """The repo's name."""
    files: tuple[str, ...] = ()
    """Names below the repository; bytes that are no UTF-8 are private-use characters."""
    kept: tuple[str, ...] = ()
    """Matched, but the branch has them."""
    left: tuple[tuple[str, str], ...] = ()
    """Matched and not copied, with the reason."""
    unmatched: tuple[str, ...] = ()
    """Patterns that nothing matched."""


class PublishedPort(Value, frozen=True, kw_only=True):
    """A port of a workspace, and the loopback port of this machine that leads to it."""

    inner: int
    """What programs in the workspace's container listen on; the same in every workspace."""
    outer: int
    """Chosen free when the workspace was made, and kept for it. On the host runner, which has no ports of
    its own, programs listen on this one."""


class DevServer(Value, frozen=True, kw_only=True):
    """A dev server that runs now."""

    process_id: str
    repo: str
    """Name of the repo whose script it is."""
    port: int = 0
    """What it was told to listen on, as `PORT`."""
    url: str = ""
    """Where this machine reaches it; empty until it has been found."""
    notice: str = ""
    """Why it cannot be reached, for people."""


class ImageBuild(Value, frozen=True, kw_only=True):
    """What a workspace's image is built from."""

    repo: str
    """The repo's name."""
    tree: str
    """The build context, as git's id of it."""
    dockerfile: str
    """Below the context."""
    args: dict[str, str] = {}
    target: str = ""


class Settings(Value, frozen=True, kw_only=True):
    """How a workspace's environment is made."""

    runner: RunnerKind | None = None
    """None: docker when an engine answers, else host."""
    image: str = ""
    dockerfile: str = ""
    """Path in a repository of a Dockerfile that was asked for."""
    build_args: dict[str, str] = {}
    devcontainer: bool = False
    """Whether a `devcontainer.json` of a repository says the image: no image was given."""
    build: ImageBuild | None = None
    """What `image` is built from, if it is."""
    image_from: str = ""
    """Where the image comes from, for people; empty: it was given, or is the default."""
    image_env: dict[str, str] = {}
    """Variables that come with the image, by `devcontainer.json`; `env` goes before them."""
    post_create: dict[str, str] = {}
    """Script by repo's name that runs before its set-up script."""
    mounts: tuple[tuple[str, str], ...] = ()
    """Folders of the workspace (empty: a tmpfs) and where its container sees them."""
    login: str = ""
    """The name that processes in the container run under, by `devcontainer.json`; their ids stay the user's
    own. Empty: `boatyard`."""
    unsupported: tuple[str, ...] = ()
    """What of a `devcontainer.json` was not taken over, and why."""
    env: dict[str, str] = {}
    secrets: dict[str, str] = {}
    """References by variable (see `core.runners.secrets`); the values are kept nowhere."""
    auth_files: dict[str, str] = {}
    """References by path below the home folder."""
    cpus: float = 2.0
    memory_mb: int = 4096
    processes: int = 512
    disk_mb: int = 0
    """Megabytes of the workspace's files, its container's included; 0: no limit."""
    network: str = "full"
    """`full`, `none`, or `allow`: only the hosts in `allow_hosts`."""
    allow_hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    """Ports inside that this machine can reach; see `Workspace.ports`."""
    approve: str = ""
    """What agents may do unasked: `ask` (nothing), `edits`, `all`; empty: as the executor's profile says."""


class Workspace(Value, frozen=True, kw_only=True):
    id: str
    name: str
    task_id: str
    branch: str
    state: WorkspaceState
    activity: Activity = Activity.IDLE
    runner: RunnerKind = RunnerKind.HOST
    notice: str = ""
    """What the user has to know about this workspace, such as that nothing isolates it."""
    repos: tuple[WorkspaceRepo, ...] = ()
    settings: Settings = Settings()
    ports: tuple[PublishedPort, ...] = ()
    dev_servers: tuple[DevServer, ...] = ()
    """Those that run."""
    archived: bool = False
    pinned: bool = False
    idle_minutes: float | None = None
    """It closes by itself after so long without activity; 0: never. None: as the settings say."""
    parent_workspace: str | None = None
    agent: str = ""
    """Executor of the latest session."""
    session_id: str | None = None
    """The latest session."""
    process_id: str | None = None
    """The latest agent process of the latest session."""
    turns: int = 0
    queued: int = 0
    """Follow-ups that wait for the running turn."""
    queue_paused: str = ""
    """Why they wait though nothing runs, for people: the last turn failed, say. Empty: they do not."""
    paused: str = ""
    """Why no turn starts: a budget that is used up. Empty: none is."""
    rate_limited_until: float | None = None
    """When the provider of the agent's model lets it go on; 0: it did not say. None: it is not limited."""
    rate_limit: str = ""
    """What the provider said."""
    update: UpdateState | None = None
    """An update from the target branches that has stopped at conflicts."""
    pull_requests: tuple[PullLink, ...] = ()
    """The latest of each repo and host, as they were when they were last looked at."""
    folder: str = ""
    """Absolute path of the folder that holds the clones; agents start here or in the single clone."""
    published_at: float | None = None
    """When a folder of it was last published; None: nothing of it is public."""
    published_by: str = ""
    setup_completed_at: float | None = None
    last_activity_at: float = 0.0
    created_at: float = 0.0

    @property
    def added(self) -> int:
        return sum(repo.added for repo in self.repos)

    @property
    def removed(self) -> int:
        return sum(repo.removed for repo in self.repos)


class Session(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    """The workspace's name."""
    executor: str
    agent_session_id: str = ""
    created_at: float = 0.0


class Process(Value, frozen=True, kw_only=True):
    id: str
    session_id: str
    workspace: str
    run_reason: RunReason
    status: ProcessStatus
    label: str = ""
    """What it is in a few words: the executor, or the first line of the command."""
    command: str = ""
    """What was run, as one would type it; of scripts their text. Its beginning, where it is very long."""
    exit_code: int | None = None
    reason: str = ""
    """Why it failed, was killed or lost, for people."""
    log_removed_at: float | None = None
    """When its output was removed for its age or size; None: it is there."""
    dropped: bool = False
    """Whether a rewind took this turn back: it is kept, and left out of the conversation."""
    started_at: float = 0.0
    completed_at: float | None = None


class Turn(Value, frozen=True, kw_only=True):
    process_id: str
    prompt: str
    """As the user typed it."""
    sent: str = ""
    """What the agent was told, where that is more: tags, or what happened in an earlier session."""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    summary: str = ""
    seen: bool = False
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: float | None = None


class ApprovalOption(Value, frozen=True, kw_only=True):
    id: str
    name: str
    kind: str
    """`allow_once`, `allow_always`, `reject_once` or `reject_always` (Agent Client Protocol)."""


class FormChoice(Value, frozen=True, kw_only=True):
    value: str
    title: str = ""
    """For people; empty: the value."""


FORM_OPTION = "answer"
"""Id of the option that answers a question with what its form was filled in with."""


class FormField(Value, frozen=True, kw_only=True):
    """One thing that an agent's question wants filled in."""

    name: str
    title: str = ""
    description: str = ""
    kind: str = "text"
    """`text`, `number`, `integer`, `boolean`, `choice` (one of) or `choices` (any of)."""
    required: bool = False
    choices: tuple[FormChoice, ...] = ()
    open: bool = False
    """True when the agent takes any other text, too."""
    default: str | float | bool | tuple[str, ...] | None = None


class Approval(Value, frozen=True, kw_only=True):
    """A permission that an agent asks for and has not been given yet, or was."""

    id: str
    process_id: str
    workspace: str
    title: str
    detail: str = ""
    """What exactly it wants to do: a command line, a diff, a path."""
    tool_kind: str = ""
    """`edit`, `execute`, … as the agent calls it."""
    options: tuple[ApprovalOption, ...] = ()
    question: bool = False
    """True when the user is asked something: no policy answers it."""
    form: tuple[FormField, ...] = ()
    """What an answer fills in."""
    status: ApprovalStatus = ApprovalStatus.PENDING
    chosen: str = ""
    created_at: float = 0.0


class ApprovalRule(Value, frozen=True, kw_only=True):
    """A decision that is taken the same way every time, in one project, without asking.

    It holds for requests of the same executor, tool kind, title and detail, and for nothing else.
    """

    id: str
    project_id: str
    executor: str
    tool_kind: str
    title: str
    detail: str
    """The command line, say; empty for changes of files, which go by their title."""
    decision: str
    """`allow` or `reject`."""
    created_at: float = 0.0


class QueuedPrompt(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    prompt: str
    position: int
    """From 0, without gaps."""
    executor: str = ""
    attachments: tuple[str, ...] = ()
    """Ids of images."""
    trouble: str = ""
    """Why it could not be started, for people."""
    created_at: float = 0.0


class Merge(Value, frozen=True, kw_only=True):
    id: str
    workspace: str
    repo_id: str
    target_branch: str
    style: MergeStyle
    commit: str
    """What the target branch points at since."""
    merged_at: float = 0.0


class Checkpoint(Value, frozen=True, kw_only=True):
    workspace: str
    number: int
    message: str
    kind: CheckpointKind
    commits: dict[str, str] = {}
    """Snapshot commit by repo id."""
    files: int | None = None
    """Files that differ from the checkpoint before; 0: no change. None: nobody counted."""
    added: int = 0
    """Lines added since the checkpoint before."""
    removed: int = 0
    created_at: float = 0.0


class Trashed(Value, frozen=True, kw_only=True):
    """A removed workspace that can be recovered."""

    name: str
    task_id: str
    task_title: str
    removed_at: float
    expires_at: float
    """When it is deleted for good."""
    files: int = 0
    size: int = 0
    """Bytes on the disk."""


class StepReport(Value, frozen=True, kw_only=True):
    """One named step of an operation: not begun, running, done or failed."""

    name: str
    label: str
    started_at: float | None = None
    ended_at: float | None = None
    error: str = ""
    detail: str = ""
    """What it found or does now, for people; lines when it tells of several things."""
    process_id: str | None = None
    """The process whose log shows what the step does, when it runs one."""


class Operation(Value, frozen=True, kw_only=True):
    """Something of several steps that the engine does or did, shown while it happens."""

    id: str
    kind: str
    """`create`, `merge`, `close`, `restore`, `delete`."""
    workspace: str
    status: OperationStatus
    steps: tuple[StepReport, ...] = ()
    error: dict[str, object] | None = None
    """The error document (see `core.errors`) when it failed."""
    result: dict[str, object] = {}
    started_at: float = 0.0
    ended_at: float | None = None


class TaskUsage(Value, frozen=True, kw_only=True):
    """What a task and its project have used, and may."""

    task_id: str
    total: Spent
    workspaces: dict[str, Spent] = {}
    """By name."""
    budget: Budget = Budget()
    project: Spent = Spent()
    project_budget: Budget = Budget()


class AgentInfo(Value, frozen=True, kw_only=True):
    """An executor profile and whether it can be used here."""

    name: str
    title: str
    kind: str
    """`acp`, `claude`, `codex`, `command` or `terminal`."""
    available: bool
    detail: str = ""
    """Where it was found, or what to do to get it."""
    demonstration: bool = False
    """True for the built-in agent that has no model behind it."""
    where: str = "workspace"
    """`workspace`: it runs in the workspace's environment; `host`: on this machine against the clone."""
    model: str = ""
    mode: str = ""
    approve: str = "ask"
    """What it may do unasked: `ask` (nothing), `edits` or `all`; a workspace's own word goes before it."""
    own: bool = False
    """Whether the user's settings describe it."""


class AgentTrial(Value, frozen=True, kw_only=True):
    """What a one-line turn showed of an agent."""

    name: str
    ok: bool
    where: str
    """Where it took place, in words."""
    reason: str = ""
    """Why it did not work."""
    answer: str = ""
    notes: tuple[str, ...] = ()
    """What else was told: warnings, tries that failed, requests that were refused."""
    seconds: float = 0.0


class RunnerInfo(Value, frozen=True, kw_only=True):
    kind: RunnerKind
    available: bool
    detail: str = ""
    isolates: bool = False


class EngineStatus(Value, frozen=True, kw_only=True):
    pid: int
    version: str
    home: str
    instance: str
    started_at: float
    sequence: int
    clients: int = 0
    running: int = 0
    """Processes that run now."""
    runners: tuple[RunnerInfo, ...] = ()
    default_runner: RunnerKind = RunnerKind.HOST
    attention_trouble: str = ""
    """Why the last call of the attention command failed; empty: it did not."""


class Snapshot(Value, frozen=True, kw_only=True):
    """Everything that a tree and a board show, at one moment of the event stream."""

    sequence: int
    """The last event that is contained; ask the event stream for what came after it."""
    projects: tuple[Project, ...] = ()
    repos: tuple[Repo, ...] = ()
    tasks: tuple[Task, ...] = ()
    workspaces: tuple[Workspace, ...] = ()
    approvals: tuple[Approval, ...] = ()
    """The pending ones."""
    operations: tuple[Operation, ...] = ()
    """Those that run, and the last failed one of each workspace."""
    default_runner: RunnerKind = RunnerKind.HOST
    notice: str = ""
