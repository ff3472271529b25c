"""Whatever two states a working tree was in, each can be brought back from the other, byte for byte."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.git.test_restore_snapshot import back_to, taken, tree_of
from tests.git.world import git, make_repository, make_world

pytestmark = pytest.mark.slow

PARTS = st.sampled_from(("a", "b", "c d", "-e", "f[1]", "ü", "line\nend", "*"))
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(tuple)
CONTENTS = st.one_of(
    st.tuples(st.just("file"), st.binary(max_size=20)),
    st.tuples(st.just("program"), st.binary(max_size=20)),
    st.tuples(st.just("link"), st.sampled_from((b"a", b"../b", b"/nowhere", b"c d/x"))),
    st.tuples(st.just("folder"), st.just(b"")),
)
STATES = st.dictionaries(PATHS, CONTENTS, max_size=8)


def put(root: Path, state: dict[tuple[str, ...], tuple[str, bytes]]) -> None:
    """Makes the working tree hold exactly this; what cannot be beside something else is left out."""
    for each in root.iterdir():
        if each.name != ".git":
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    for parts, (kind, data) in sorted(state.items()):
        path = root.joinpath(*parts)
        way = [root.joinpath(*parts[:end]) for end in range(1, len(parts))]
        if any(each.is_symlink() or each.is_file() for each in way) or path.exists() or path.is_symlink():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if kind == "link":
            path.symlink_to(data.decode())
        elif kind == "folder":
            path.mkdir()
        else:
            path.write_bytes(data)
            path.chmod(0o755 if kind == "program" else 0o644)


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(first=STATES, second=STATES, commits=st.booleans())
def test_both_ways(
    first: dict[tuple[str, ...], tuple[str, bytes]],
    second: dict[tuple[str, ...], tuple[str, bytes]],
    commits: bool,
    git_home: Path,
) -> None:
    asyncio.run(both_ways(first, second, commits))


async def both_ways(
    first: dict[tuple[str, ...], tuple[str, bytes]],
    second: dict[tuple[str, ...], tuple[str, bytes]],
    commits: bool,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = await make_world(Path(folder), make_repository(Path(folder, "repo"), {"start": "x"}))
        put(world.folder, first)
        before, was = await taken(world), tree_of(world.folder)
        if commits:
            git(world.folder, "add", "-A")
            git(world.folder, "commit", "-q", "--allow-empty", "-m", "between")
        put(world.folder, second)
        now = tree_of(world.folder)
        after = await back_to(world, before)
        assert tree_of(world.folder) == was
        assert git(world.folder, "rev-parse", "HEAD") == before.head
        await back_to(world, after)
        assert tree_of(world.folder) == now
        assert git(world.folder, "rev-parse", "HEAD") == after.head
