"""Changed files with diffs, put into the engine in memory."""

from __future__ import annotations

import msgspec

from core.values.comments import ReviewComment
from tests.tui.fake_engine import FakeEngine, changed_file, diff_of

LINES = (("@", "@@ one @@"), (" ", "same"), ("-", "old words here"), ("+", "new words here"), (" ", "end"))


def one_file(engine: FakeEngine, *lines: tuple[str, str], **more: object) -> None:
    """One changed file, with these lines or a few; `more` of what `FileChange` says."""
    file = msgspec.structs.replace(changed_file("a.py"), new_id="1" * 40, **more)
    engine.changed = (file,)
    engine.diffs["a.py"] = diff_of(*(lines or LINES))


def whole_file(engine: FakeEngine) -> None:
    """A file of 1,201 lines, of which the last was changed, and a comment on one of those before."""
    one_file(engine)
    engine.changed += (msgspec.structs.replace(changed_file("z.py"), new_id="3" * 40),)
    engine.diffs["z.py"] = diff_of(*LINES)
    lines = [(" ", f"row {number}") for number in range(1, 1201)]
    engine.whole_diffs["a.py"] = whole = diff_of(("@", "@@ all @@"), *lines, ("+", "the last"))
    engine.diffs["a.py"] = [msgspec.structs.replace(whole[0], text="@@ end @@"), *whole[-4:]]
    engine.put_comment(
        ReviewComment(
            id="c", workspace="second", repo_id="repo-app", path="a.py", first=700, last=700, body="why"
        )
    )
