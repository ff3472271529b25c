"""Bad input by the name it has in the catalogue: a repository, files, output and commits that mean harm.

Numbers are those of the table in `tests/BAD_INPUT.md`. Everything is made here by script; nothing of it does
anything by being there.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

NAMES: dict[str, bytes] = {
    "66 escape": b"esc\x1b[31m.txt",
    "66 title": b"title\x1b]0;x\x07.txt",
    "66 clipboard": b"clip\x1b]52;c;cm0gLXJm\x07.txt",
    "66 C1": b"c1\xc2\x9b31m.txt",
    "66 CR, LF, BEL, DEL": b"a\rb\nc\x07d\x7f.txt",
    "67 bad UTF-8": b"bad\xff\xfe.txt",
    "68 bidi": "rtl\u202etxt.exe".encode(),
    "68 zero width": "zero\u200bwidth.txt".encode(),
    "68 tags": "tag\U000e0041.txt".encode(),
    "69 composed": "caf\u00e9.txt".encode(),
    "69 decomposed": "cafe\u0301.txt".encode(),
    "69 Cyrillic twin": "\u0441opy.txt".encode(),
    "69 Latin twin": b"copy.txt",
    "69 case twins": b"README.MD",
    "70 markup": b"[slug]",
    "70 closing markup": b"[bold] [",
    "70 clickable": b"[@click=app.quit]x",
    "71 a glob": b"f[12]",
    "71 a star": b"*",
    "71 pathspec": b":(exclude)x",
    "72 255 bytes": b"n" * 255,
    "an option": b"--output=x",
}
"""Files of the repository that are named to do harm."""

CONTENTS: dict[str, tuple[str, bytes]] = {
    "79 NUL": ("nul.bin", b"a\0b\n"),
    "79 UTF-16": ("utf16.txt", "text\n".encode("utf-16")),
    "80 trojan source": ("trojan.py", "if admin:\u202e #\u2066 x\u2069\u2066\n    pass\n".encode()),
    "81 brackets": ("brackets.txt", b"[" * 20_000 + b"\n"),
    "82 lexer trap, Perl": ("trap.pl", b"<" * 50_000 + b"\n"),
    "82 lexer trap, Python": ("trap.py", b'f"' + b"{" * 20_000 + b"\n"),
    "82 lexer trap, HTML": ("trap.html", b"<a " + b"b=" * 30_000 + b"\n"),
    "83 sequences without an end": ("osc.txt", b"\x1b]0;never\nafter\n\x1bPnever\nafter\n"),
    "markup and escapes": ("markup.txt", b"[/] [@click=app.quit]x[/] \x1b[31mred\x1b[0m \x9b1m\n"),
    "a patch": ("patch.txt", b"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"),
    "a picture that is none": ("picture.png", b"\x89PNG\r\n\x1a\n" + b"\xff" * 200),
}
"""Files whose content means harm: name and bytes."""

LOGS: dict[str, bytes] = {
    "83 OSC without an end": b"before\n\x1b]0;never ends\nlast line\n",
    "83 DCS without an end": b"before\n\x1bPnever ends\nlast line\n",
    "85 50,000 colours": b"".join(b"\x1b[38;5;%dmx" % (n % 256) for n in range(50_000)) + b"\nlast line\n",
    "86 progress": b"".join(b"%d%%\r" % n for n in range(2_000)) + b"\nlast line\n",
    "87 far away": b"\x1b[999999999999H\x1b[999999999999;999999999999Hx\x1b[2J\x1b[?1049h\nlast line\n",
    "78 a line of 3 MB": b"x" * 3_000_000 + b"\nlast line\n",
    "66 clipboard": b"\x1b]52;c;cm0gLXJm\x07\nlast line\n",
    "70 markup": b"[/] [@click=app.quit]x[/]\nlast line\n",
    "68 bidi and zero width": "\u202ertl\u200b\ufeff\nlast line\n".encode(),
    "67 bad UTF-8": b"\xff\xfe\xc3\nlast line\n",
    "combining without end": b"e" + "\u0301".encode() * 5_000 + b"\nlast line\n",
}
"""What processes write; each ends in `last line`."""

BRANCHES: dict[str, str] = {
    "45 an option": "refs/heads/-d",
    "45 an option with a file": "refs/heads/--output=x",
    "45 HEAD": "refs/heads/HEAD",
    "45 a whole ref": "refs/heads/refs/heads/main",
    "45 a commit's id": f"refs/heads/{'a' * 40}",
    "45 zero-width twin": "refs/heads/ma\u200bin",
    "45 C1": "refs/heads/c1\u009bx",
    "45 200 characters": f"refs/heads/{'b' * 200}",
    "45 shell": "refs/heads/$(touch${IFS}pwned)",
}
"""Branches by the ref that they are."""


def git(folder: Path, *argv: str | bytes, stdin: bytes = b"") -> bytes:
    """Runs git as an attacker would, with whatever it takes."""
    argv = ("git", "-C", os.fspath(folder), *argv)
    return subprocess.run(argv, input=stdin, capture_output=True, check=True).stdout.strip()


def make_hostile(folder: Path) -> Path:
    """A repository on `main` whose second commit holds every file, beside branches, tags and odd commits."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for key, value in (("user.name", "A User"), ("user.email", "user@example.org")):
        git(folder, "config", key, value)
    (folder / "plain.txt").write_text("plain\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def plant_files(folder: Path) -> list[str]:
    """Makes the files of both tables below a folder; what each is called in its table."""
    for kind, name in NAMES.items():
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(f"{kind}\n".encode())
    for name_of, content in CONTENTS.values():
        (folder / name_of).write_bytes(content)
    return [*NAMES, *CONTENTS]


def plant_oddities(folder: Path) -> list[str]:
    """What no commit can hold, or should not: kinds of files, and sizes."""
    os.mkfifo(folder / "odd-fifo")
    with (folder / "odd-sparse").open("wb") as sparse:
        sparse.truncate(100 * 10**9)
    for name, target in {
        "odd-loop": "odd-loop", "odd-zero": "/dev/zero", "odd-environ": "/proc/self/environ", "odd-root": "/",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    (folder / "odd-secret").write_text("mode 000\n")
    (folder / "odd-secret").chmod(0)
    (folder / "odd-line").write_bytes(b"x" * 10_000_000)
    deep = folder / "odd-deep"
    for _ in range(60):
        deep /= "d"
    deep.mkdir(parents=True)
    (folder / "odd-many").mkdir()
    for number in range(2_000):
        (folder / "odd-many" / f"{number}").touch()
    return ["73 FIFO", "74 100 GB", "75 links", "76 mode 000", "78 10 MB line", "72 levels", "72 siblings"]


def plant_refs(folder: Path) -> list[str]:
    """Branches, tags and refs that mislead: made below the porcelain, which refuses some of them."""
    commit = git(folder, "rev-parse", "HEAD").decode()
    for ref in BRANCHES.values():
        path = folder / ".git" / ref
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{commit}\n")
    git(folder, "update-ref", "refs/tags/main", commit)
    (folder / ".git/refs/heads/loop-a").write_text("ref: refs/heads/loop-b\n")
    (folder / ".git/refs/heads/loop-b").write_text("ref: refs/heads/loop-a\n")
    (folder / ".git/refs/heads/empty").write_text("")
    (folder / ".git/refs/heads/garbage").write_text("not a commit\n")
    return [*BRANCHES, "46 tag named main", "47 loop of refs", "48 empty ref", "48 garbage ref"]


MODULE = '[submodule "s"]\n\tpath = sub\n\turl = ./x\n'


def plant_traps(folder: Path, command: str) -> list[str]:
    """Commits what runs `command`, or leads out, when obeyed; then a ref that puts another in its place."""
    bare = folder / "embedded"
    git(folder, "init", "-q", "--bare", str(bare))
    for key in ("core.fsmonitor", "core.sshCommand", "diff.external", "core.pager"):
        git(bare, "config", key, command)
    (bare / "hooks").mkdir(exist_ok=True)
    (bare / "hooks" / "post-checkout").write_text(f"#!/bin/sh\n{command}\n")
    (bare / "hooks" / "post-checkout").chmod(0o755)
    (folder / ".gitmodules").write_text(MODULE)
    (folder / ".gitattributes").symlink_to("/etc/passwd")
    (folder / "planted").symlink_to("/etc")
    (folder / ".env").write_text(f"BASH_ENV=$({command})\n")
    git(folder, "add", "-A")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(folder, "commit", "-q", "-m", "traps")
    true, blob = git(folder, "rev-parse", "HEAD"), git(folder, "hash-object", "-w", "plain.txt")
    tree = git(folder, "mktree", stdin=b"100644 blob %s\treplaced.txt\n" % blob)
    git(folder, "update-ref", f"refs/replace/{true.decode()}", git(folder, "commit-tree", "-m", "x", tree))
    return ["44 embedded bare", "49 replaced", "56 gitlink", "57 .gitmodules", "58 .gitattributes", "60 .env"]


BY = b"author A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n"
LATE = b"A <a@b> 99999999999999 +0000\n"
MESSAGES: dict[str, bytes] = {
    "50 huge date": b"author %scommitter %s\nhuge date\n" % (LATE, LATE),
    "51 unknown encoding": BY + b"encoding klingon\n\n\xff\xfe\n",
    "52 1 MB subject": BY + b"\n" + b"s" * 1_000_000 + b"\n",
    "53 empty message": BY + b"\n",
    "54 forged signature": BY + b"gpgsig -----BEGIN PGP SIGNATURE-----\n forged\n"
    b" -----END PGP SIGNATURE-----\n\nsigned\n",
    "55 a message that is a diff": BY + b"\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n",
    "escapes in the author": b"author \x1b]52;c;eA==\x07 <a@b> 1 +0000\n"
    b"committer [/] <a@b> 1 +0000\n\n\x1b[31mx\n",
}
"""What follows tree and parent in a commit object."""


def plant_commits(folder: Path) -> list[str]:
    """Puts a commit of each kind on top of the branch that is checked out; its files stay as they are."""
    tree, parent = git(folder, "rev-parse", "HEAD^{tree}"), git(folder, "rev-parse", "HEAD")
    for rest in MESSAGES.values():
        content = b"tree %s\nparent %s\n%s" % (tree, parent, rest)
        parent = git(folder, "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=content)
    git(folder, "update-ref", "refs/heads/main", parent)
    return list(MESSAGES)
