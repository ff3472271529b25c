"""Pictures that a workspace may have made to harm whoever decodes them."""

from __future__ import annotations

import io
import random
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.errors import NotFoundError, UsageError
from core.review import sixel, small_picture
from core.review.small_picture import SmallPictures
from core.values.review import SixelTerminal, SmallPicture
from tests.sixel import painted


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


async def small(
    tmp_path: Path, data: bytes, width: int = 10, height: int = 10, sixel: SixelTerminal | None = None
) -> SmallPicture:
    (tmp_path / "p").write_bytes(data)
    return await SmallPictures().of_file(tmp_path, "p", width, height, "000000", sixel)


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


def in_memory(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


async def test_as_sixel_it_has_the_pictures_own_pixels_and_fills_its_cells(tmp_path: Path) -> None:
    halves = Image.new("RGB", (25, 50), "#ff0000")
    halves.paste("#00ff33", (0, 13, 25, 50))
    cells = SixelTerminal(cell_width=10, cell_height=20)
    found = await small(tmp_path, in_memory(halves), 800, 600, cells)
    assert (found.width, found.height, len(found.pixels)) == (3, 6, 54)
    picture = painted(found.sixel.encode())
    assert picture.size == (30, 60) and len(picture.pixels) == 30 * 60
    red, green, ground = (100, 0, 0), (0, 100, 20), (0, 0, 0)
    for (column, row), shade in picture.pixels.items():
        assert shade == (ground if column >= 25 or row >= 50 else red if row < 13 else green)


async def test_as_sixel_it_has_no_more_colours_than_the_terminal(tmp_path: Path) -> None:
    ramp = Image.linear_gradient("L").resize((60, 60)).convert("RGB")
    found = await small(
        tmp_path, in_memory(ramp), 60, 60, SixelTerminal(cell_width=6, cell_height=12, colours=16)
    )
    assert 8 < len(set(painted(found.sixel.encode()).pixels.values())) <= 16


def test_what_is_too_much_has_fewer_colours_and_in_the_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Image.frombytes("RGB", (120, 120), random.Random(7).randbytes(120 * 120 * 3))
    richest = sixel.sixel_of(noise, 256)
    monkeypatch.setattr(sixel, "MOST_BYTES", len(richest) // 2)
    poorer = sixel.sixel_of(noise, 256)
    assert len(set(painted(poorer).pixels.values())) == 16 < len(set(painted(richest).pixels.values()))
    monkeypatch.setattr(sixel, "MOST_BYTES", len(poorer) // 2)
    assert sixel.sixel_of(noise, 256) == b""


async def test_no_more_pixels_are_written_as_sixel_than_there_is_time_for(tmp_path: Path) -> None:
    cells = SixelTerminal(cell_width=10, cell_height=20)
    found = await small(tmp_path, encoded("PNG", (2000, 2000)), 2000, 2000, cells)
    assert found.sixel.startswith('"1;1;1000;1000#')


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
@pytest.mark.parametrize(
    "terminal", [None, SixelTerminal(cell_width=10, cell_height=20)], ids=["blocks", "sixel"]
)
async def test_what_is_hostile_ends_in_a_reason(
    tmp_path: Path, data: bytes, reason: str, terminal: SixelTerminal | None
) -> None:
    with pytest.raises(UsageError, match="is not shown") as refused:
        await small(tmp_path, data, sixel=terminal)
    assert reason in refused.value.message


@pytest.mark.parametrize(
    "terminal",
    [
        SixelTerminal(cell_width=-5, cell_height=0, colours=-1),
        SixelTerminal(cell_width=10**9, cell_height=10**9, colours=10**9),
    ],
    ids=["below", "above"],
)
async def test_a_terminal_that_says_nonsense_costs_nothing(tmp_path: Path, terminal: SixelTerminal) -> None:
    found = await small(tmp_path, encoded("PNG"), sixel=terminal)
    assert found.width <= 10 and painted(found.sixel.encode()).size <= (200, 200)


async def test_what_is_no_sixel_is_not_handed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def told(*_: object) -> bytes:
        return b"PNG 1 1 1 2\n" + b"\0" * 6 + b"#0~\x1b]0;title\x07"

    monkeypatch.setattr(small_picture, "_decoded", told)
    with pytest.raises(UsageError, match="no readable answer"):
        await small(tmp_path, encoded("PNG"), sixel=SixelTerminal(cell_width=10, cell_height=20))


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
