"""What one wants to know of changed files beside their lines: sizes, pointers of Git LFS, generated files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from fnmatch import fnmatchcase

import msgspec

from core.git.depot import Depot
from core.values.review import FileChange

LFS_SIZE = 1024
"""A pointer is smaller than this (Git LFS specification, "The Pointer")."""
LFS_MARK = b"version https://git-lfs.github.com/spec/"
LFS_LINES = 6
"""A pointer has three lines, with extensions a few more; what changes more is none."""
SUBMODULE = "160000"
GENERATED = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
    "Cargo.lock", "poetry.lock", "uv.lock", "Pipfile.lock", "pdm.lock", "composer.lock", "Gemfile.lock",
    "go.sum", "flake.lock", "mix.lock", "pubspec.lock", "Package.resolved", "packages.lock.json",
    "gradle.lockfile", "deno.lock", "*.min.js", "*.min.css", "*.map", "*.pb.go", "*_pb2.py", "*_pb2.pyi",
    "*.generated.*", "*.snap",
)  # fmt: skip
"""Names of files that programs write."""


async def with_facts(depot: Depot, files: Sequence[FileChange]) -> tuple[FileChange, ...]:
    """The same files with what is known beside their lines."""
    binary = [file for file in files if file.binary and SUBMODULE not in (file.old_mode, file.new_mode)]
    small = [
        file for file in files
        if not file.binary and file.added <= LFS_LINES and file.removed <= LFS_LINES
    ]  # fmt: skip
    sizes = await _sizes(depot, (id_ for file in (*binary, *small) for id_ in (file.old_id, file.new_id)))
    maybe = [file for file in small if 0 < sizes.get(file.new_id or file.old_id, LFS_SIZE) < LFS_SIZE]
    pointers = await _pointers(depot, [file.new_id or file.old_id for file in maybe])
    known = {id(file) for file in binary}
    return tuple(
        msgspec.structs.replace(
            file,
            old_size=sizes.get(file.old_id) if id(file) in known else None,
            new_size=sizes.get(file.new_id) if id(file) in known else None,
            lfs=(file.new_id or file.old_id) in pointers,
            generated=is_generated(file.path),
        )
        for file in files
    )


def is_generated(path: str) -> bool:
    """Whether a file of this name is usually written by a program."""
    name = path.rpartition("/")[2]
    return any(fnmatchcase(name, pattern) for pattern in GENERATED)


async def _sizes(depot: Depot, ids: Iterable[str]) -> dict[str, int]:
    """Bytes by id, of those that the depot has."""
    asked = "".join(f"{id_}\n" for id_ in dict.fromkeys(ids) if id_)
    if not asked:
        return {}
    answer = await depot.git.run(
        "cat-file", "--batch-check=%(objectname) %(objectsize)", "--buffer", stdin=asked.encode()
    )
    words = (line.split(" ") for line in answer.text.splitlines())
    return {id_: int(size) for id_, size in words if size.isdigit()}


async def _pointers(depot: Depot, ids: Sequence[str]) -> frozenset[str]:
    """Those that are pointers of Git LFS; all of them are small."""
    if not ids:
        return frozenset()
    asked = "".join(f"{id_}\n" for id_ in dict.fromkeys(ids)).encode()
    out = bytearray()
    async with aclosing(depot.git.stream("cat-file", "--batch", "--buffer", stdin=asked)) as chunks:
        async for chunk in chunks:
            out += chunk
    found, at = set(), 0
    while (end := out.find(b"\n", at)) >= 0:
        id_, _, size = bytes(out[at:end]).partition(b" blob ")
        if not size.isdigit():
            at = end + 1
            continue
        if out.startswith(LFS_MARK, end + 1):
            found.add(id_.decode())
        at = end + 1 + int(size) + 1
    return frozenset(found)
