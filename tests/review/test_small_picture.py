"""Pictures that a workspace may have made to harm whoever decodes them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.errors import NotFoundError, UsageError
from core.review import small_picture
from core.review.small_picture import SmallPictures
from core.values.review import SmallPicture


def encoded(kind: str, size: tuple[int, int] = (40, 20), colour: str = "#ff0000", **more: object) -> bytes:
    out = io.BytesIO()
    mode = "RGBA" if kind in ("PNG", "WEBP") else "RGB"
    Image.new(mode, size, colour).save(out, kind, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_that_claims(width: int, height: int) -> bytes:
    """A header of a size, and zeros that go on for ever in a few bytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


async def small(tmp_path: Path, data: bytes, width: int = 10, height: int = 10) -> SmallPicture:
    (tmp_path / "p").write_bytes(data)
    return await SmallPictures().of_file(tmp_path, "p", width, height, "000000")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP"])
async def test_a_picture_is_made_to_fit(tmp_path: Path, kind: str) -> None:
    found = await small(tmp_path, encoded(kind))
    assert (found.format, found.full_width, found.full_height) == (kind, 40, 20)
    assert (found.width, found.height, len(found.pixels)) == (10, 5, 150)
    red, green, blue = found.pixels[:3]
    assert red > 240 and green < 15 and blue < 15


async def test_what_is_behind_a_picture_is_seen_through_it(tmp_path: Path) -> None:
    (tmp_path / "p").write_bytes(encoded("PNG", colour="#00000000"))
    found = await SmallPictures().of_file(tmp_path, "p", 4, 4, "123456")
    assert found.pixels[:3] == bytes.fromhex("123456")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (png_that_claims(100_000, 100_000), "exceeds limit"),
        (png_that_claims(9_000, 9_000), "9000 x 9000 pixels, which is more"),
        (encoded("PNG", (300, 300))[:60], "cannot be decoded"),
        (encoded("JPEG", (300, 300))[:200], "cannot be decoded"),
        (b"GIF89a\xff\xff\xff\xff", "cannot be decoded"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "cannot be decoded"),
        (b"no picture at all", "cannot be decoded"),
        (b"", "it is empty"),
    ],
    ids=["huge", "large", "cut-png", "cut-jpeg", "cut-gif", "postscript", "text", "empty"],
)
async def test_what_is_hostile_ends_in_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(UsageError, match="is not shown") as refused:
        await small(tmp_path, data)
    assert reason in refused.value.message


async def test_a_decoder_that_does_not_answer_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_picture, "SECONDS", 0.0)
    with pytest.raises(UsageError, match="did not answer"):
        await small(tmp_path, encoded("PNG"))


async def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_picture, "FILE_LIMIT", 100)
    with pytest.raises(UsageError, match="has more than"):
        await small(tmp_path, encoded("BMP"))


async def test_no_link_is_followed_and_no_colour_is_an_option(tmp_path: Path) -> None:
    (tmp_path / "out.png").write_bytes(encoded("PNG"))
    (tmp_path / "code").mkdir()
    (tmp_path / "code/p").symlink_to(tmp_path / "out.png")
    with pytest.raises(UsageError):
        await SmallPictures().of_file(tmp_path / "code", "p", 4, 4, "000000")
    with pytest.raises(NotFoundError):
        await SmallPictures().of_file(tmp_path / "code", "../out.png", 4, 4, "000000")
    with pytest.raises(UsageError, match="no colour"):
        await SmallPictures().of_file(tmp_path, "out.png", 4, 4, "--help")
