"""The same small world for every screen: tasks, workspaces, a conversation, files, a diff."""

from __future__ import annotations

from core.values.attempts import Attempt, CheckState
from core.values.comments import ReviewComment
from core.values.conversation import Entry, EntryKind, PlanItem, ToolState
from core.values.entities import AgentInfo, ApprovalOption
from core.values.landing import LandingEntry, LandingQueue, LandingStatus
from core.values.review import Change, FileNode
from core.values.search import SearchHit
from core.values.states import Activity, CheckpointKind, TaskStatus, WorkspaceState
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of
from tests.tui.fake_engine.values import DEMO, NOW

CLOCK = NOW + 2 * 3600
"""When all pictures are taken."""
CLAUDE = AgentInfo(
    name="claude", title="Claude Code", kind="claude", available=True, detail="/usr/bin/claude"
)
OPTIONS = (
    ApprovalOption(id="one", name="Allow once", kind="allow_once"),
    ApprovalOption(id="all", name="Always allow", kind="allow_always"),
    ApprovalOption(id="no", name="Reject", kind="reject_once"),
)


def peopled() -> FakeEngine:
    """Two projects, tasks in every state, `login` that asks, `prices` that waits for its review."""
    engine = FakeEngine()
    engine.agents_ = (DEMO, CLAUDE)
    shop = engine.put_project("shop", "/home/me/src/shop")
    engine.put_project("docs", "/home/me/src/docs")
    asks = engine.put_task(shop, "Redirect to the page asked for after login", TaskStatus.IN_PROGRESS,
                            description="After login, go **back** to where one came from.")  # fmt: skip
    review = engine.put_task(shop, "Cache the prices of the day", TaskStatus.IN_REVIEW)
    for title in ("Drop the old export", "Say why a card was refused", "Sort the basket by shop"):
        engine.put_task(shop, title)
    engine.put_task(shop, "Greet by name", TaskStatus.DONE)
    engine.put_workspace(asks, "login", activity=Activity.RUNNING, agent="claude")
    engine.put_workspace(review, "prices")
    engine.put_workspace(review, "prices-2", agent="claude")
    _talk(engine)
    _review(engine)
    engine.put_approval("login", "Run a command", "npm test -- login", OPTIONS)
    return engine


def _talk(engine: FakeEngine) -> None:
    entries = (
        Entry(id="1", process_id="process-login", kind=EntryKind.USER, order=0, text="Redirect after login"),
        Entry(id="2", process_id="process-login", kind=EntryKind.THOUGHT, order=1, text="Where is it set?"),
        Entry(id="3", process_id="process-login", kind=EntryKind.PLAN, order=2, plan=(
            PlanItem(text="Read how login ends", status="completed"),
            PlanItem(text="Keep the page asked for", status="in_progress"),
            PlanItem(text="Test it", status="pending"))),
        Entry(id="4", process_id="process-login", kind=EntryKind.TOOL, order=3, title="Read src/login.py",
              tool_kind="read", state=ToolState.COMPLETED, output="def login(user):\n    return '/'\n"),
        Entry(id="5", process_id="process-login", kind=EntryKind.MESSAGE, order=4,
              text="It is lost in `login()`. It stays in the **session**:\n\n- set before\n- used after"),
    )  # fmt: skip
    for entry in entries:
        engine.put_entry("login", entry)
    done = (
        Entry(id="1", process_id="process-prices", kind=EntryKind.USER, order=0, text="Cache the prices"),
        Entry(id="2", process_id="process-prices", kind=EntryKind.MESSAGE, order=1,
              text="Done: a price is asked for **once** a day. `src/cache.py` keeps it."),
    )  # fmt: skip
    for entry in done:
        engine.put_entry("prices", entry)


def _review(engine: FakeEngine) -> None:
    engine.changed = (
        changed_file("src/prices.py", 3, 1), changed_file("src/cache.py", 28, 0, Change.ADDED),
        changed_file("README.md", 0, 3),
    )  # fmt: skip
    engine.diffs = {
        "src/prices.py": diff_of(
            ("@", "@@ -1,4 +1,6 @@ def price(item):"), (" ", "def price(item):"),
            ("-", "    return fetch(item)"), ("+", "    if item in cache:"),
            ("+", "        return cache[item]"), ("+", "    return keep(item)"),
        ),
        "src/cache.py": diff_of(("@", "@@ -0,0 +1,2 @@"), ("+", "cache: dict[str, int] = {}"), ("+", "")),
        "README.md": diff_of(("@", "@@ -1,3 +0,0 @@"), ("-", "# Old"), ("-", "words"), ("-", "here")),
    }  # fmt: skip
    engine.tree = {
        "": (FileNode(path="shop", name="shop", folder=True),),
        "shop": (
            FileNode(path="shop/src", name="src", folder=True),
            FileNode(path="shop/README.md", name="README.md", folder=False, size=120),
            FileNode(path="shop/prices.py", name="prices.py", folder=False, size=340),
        ),
    }
    engine.contents = {"shop/prices.py": ["def price(item):", "    return fetch(item)", ""],
                        "shop/README.md": ["# Shop", "", "Sells things."]}  # fmt: skip
    for number, (path, body) in enumerate(
        (("src/prices.py", "Why not an lru_cache?"), ("README.md", "Keep this"))
    ):
        engine.put_comment(ReviewComment(id=f"c{number}", workspace="prices", repo_id="repo-app", path=path,
                                          first=2, last=2, body=body, created_at=NOW))  # fmt: skip
    for kind, message, files in (
        (CheckpointKind.BEFORE_TURN, "before: Cache the prices", 0),
        (CheckpointKind.AFTER_TURN, "after: Cache the prices", 3), (CheckpointKind.MANUAL, "it works", 1),
    ):  # fmt: skip
        engine.put_checkpoint("prices", kind, message, files=files)


def with_containers(engine: FakeEngine) -> None:
    """A container that runs, one that died, one that nobody owns."""
    engine.put_container("login", health="healthy")
    engine.put_container("prices", "exited", exit_code=137, out_of_memory=True)
    engine.put_container("gone", orphan=True)


def with_hits(engine: FakeEngine) -> None:
    """Something to find."""
    engine.hits = [
        SearchHit(workspace="prices", process_id="process-prices", kind="output", offset=0, line=12,
                  text="price of tea: 3", before=("asking for prices",), after=("done",), label="npm test"),
        SearchHit(workspace="login", process_id="process-login", kind="answer", entry_id="5",
                  text="the price stays as it is"),
    ]  # fmt: skip


def with_attempts(engine: FakeEngine) -> None:
    """Two attempts at one task."""
    engine.attempts_ = tuple(
        Attempt(workspace=name, agent=agent, state=WorkspaceState.OPEN, activity=Activity.IDLE, files=at + 2,
                added=31 - at * 19, removed=4 + at * 5, paths=("shop/src/prices.py",), size=2048, check=check,
                summary=f"I cached the prices, {word}.")
        for at, (name, agent, check, word) in enumerate((
            ("prices", "demo", CheckState.PASSED, "by the day"),
            ("prices-2", "claude", CheckState.NONE, "by the hour"),
        ))
    )  # fmt: skip


def with_landing(engine: FakeEngine) -> None:
    """One that waits to land, and one that was set aside."""
    entries = (
        LandingEntry(workspace="prices", position=1, status=LandingStatus.QUEUED),
        LandingEntry(workspace="prices-2", position=2, status=LandingStatus.SET_ASIDE,
                     reason="its check failed"),
    )  # fmt: skip
    engine.put_landing(LandingQueue(entries=entries))
