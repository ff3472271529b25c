"""The mark of the code: the same for the same code wherever it lies, another one for any other."""

from __future__ import annotations

import shutil
from pathlib import Path

from core.code_mark import CODE, code_mark, digest_of


def test_the_same_code_elsewhere_has_the_same_mark_and_any_other_has_not(tmp_path: Path) -> None:
    copy = tmp_path / "core"
    shutil.copytree(CODE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert digest_of(copy) == code_mark()
    (copy / "__pycache__").mkdir(exist_ok=True)
    (copy / "__pycache__" / "x.pyc").write_bytes(b"compiled")
    assert digest_of(copy) == code_mark()
    marks = {code_mark()}
    (copy / "errors.py").write_text((copy / "errors.py").read_text() + "\n")
    marks.add(digest_of(copy))
    (copy / "errors.py").rename(copy / "mistakes.py")
    marks.add(digest_of(copy))
    (copy / "mistakes.py").unlink()
    marks.add(digest_of(copy))
    assert len(marks) == 4
