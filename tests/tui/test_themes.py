from __future__ import annotations

import math
import os
import sys
from pathlib import Path

import pytest
from rich.style import Style
from textual.color import Color

import themes
from core.errors import ConfigError
from core.paths import find_home
from tests.pty import WHO_ARE_YOU, Terminal
from tests.tui.driver import driven
from tests.tui.fake_engine import FakeEngine
from themes import load_theme, theme_names
from themes.colour import channels, contrast
from themes.tokens import COLOURS
from tui.looks.palette import Palette
from tui.terminal.background import is_light

NOT_TEXT = {"rule", "cursor", "cursor-blurred", "added-line", "removed-line", "match", "bar",
            "added-word", "removed-word"}  # fmt: skip
LEAST = 4.5
"""WCAG 2.2 AA for text."""


def _backgrounds(colours: dict[str, str]) -> dict[str, str]:
    names = ("background", "panel", "surface", "cursor", "cursor-blurred", "added-line", "removed-line")
    return {name: colours[name] for name in names}


OURS = [name for name in theme_names() if not load_theme(name).ansi]
SIMULATED = {
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900),
    ),
}  # fmt: skip
"""How linear red, green and blue are seen without one kind of cone: Machado, Oliveira, Fernandes, 2009."""


@pytest.mark.parametrize("name", OURS)
def test_every_text_can_be_read_on_every_background_that_a_row_has(name: str) -> None:
    theme = load_theme(name)
    palette = Palette(theme.tokens)
    for token in theme.tokens.keys() - NOT_TEXT:
        colour = palette.style(token).color
        assert colour is not None and colour.triplet is not None, token
        for place, background in _backgrounds(theme.colours).items():
            assert contrast(colour.triplet.hex, background) >= LEAST, (name, token, place)


@pytest.mark.parametrize("name", OURS)
def test_text_with_a_background_of_its_own_can_be_read(name: str) -> None:
    theme = load_theme(name)
    palette = Palette(theme.tokens)
    for token in ("match", "bar", "added-word", "removed-word"):
        style = palette.style(token)
        assert style.color and style.color.triplet and style.bgcolor and style.bgcolor.triplet, token
        assert contrast(style.color.triplet.hex, style.bgcolor.triplet.hex) >= LEAST, (name, token)


def _seen(colour: str, kind: str) -> tuple[float, float, float]:
    """A colour as such an eye sees it, in CIE L*a*b* of the D65 white."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
              for v in (channel / 255 for channel in channels(colour))]  # fmt: skip
    r, g, b = (min(1.0, max(0.0, sum(m * v for m, v in zip(row, linear, strict=True))))
               for row in SIMULATED[kind])  # fmt: skip
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("kind", SIMULATED)
def test_good_and_bad_differ_for_eyes_that_see_fewer_colours(kind: str) -> None:
    theme = load_theme(kind)
    colours = {name: theme.colours[name] for name in ("success", "error", "warning")}
    for one, other in (("success", "error"), ("success", "warning"), ("error", "warning")):
        assert math.dist(_seen(colours[one], kind), _seen(colours[other], kind)) > 25, (one, other)
    lines = (theme.colours["added-word"], theme.colours["removed-word"])
    assert math.dist(*(_seen(line, kind) for line in lines)) > 12


@pytest.mark.parametrize("name", OURS)
def test_plain_and_dim_text_can_be_read_wherever_a_row_is_coloured(name: str) -> None:
    theme = load_theme(name)
    for place, background in _backgrounds(theme.colours).items():
        assert contrast(theme.colours["foreground"], background) >= LEAST, (name, place)
        assert contrast(theme.colours["dim"], background) >= LEAST, (name, place)
    assert contrast(theme.colours["cursor"], theme.colours["background"]) > 1.1


def test_there_is_one_for_the_dark_the_light_more_contrast_and_sixteen_colours() -> None:
    assert {"boatyard-dark", "boatyard-light", "high-contrast", "ansi", "ansi-light"} <= set(theme_names())
    assert len(theme_names()) >= 20
    for name in theme_names():
        assert load_theme(name).name == name
    assert load_theme("boatyard-dark").dark and not load_theme("boatyard-light").dark


@pytest.mark.parametrize("name", ["ansi", "ansi-light"])
def test_the_terminals_own_colours_are_all_that_the_ansi_themes_use(name: str) -> None:
    for token, style in load_theme(name).tokens.items():
        parsed = Style.parse(style)
        for colour in (parsed.color, parsed.bgcolor):
            assert colour is None or colour.triplet is None, token


def test_states_differ_by_more_than_colour() -> None:
    from tui.looks.glyphs import ASCII, UNICODE

    names = ("todo", "queued", "running", "waiting", "review", "done", "failed", "cancelled", "idle")
    for glyphs in (ASCII, UNICODE):
        assert len({glyphs.state(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = 'x'\nprimaray = '#ffffff'\n", ":2: 'primaray' means nothing"),
        ("[status]\nrunning = 'blue'\nrunnning = 'red'\n", ":3: 'runnning' means nothing"),
        ("primary = \n", "line 1"),
        ("name = 'x'\n[text]\ntext = \"bold\n\n", "line 3"),
        ("name = 'x'\n[text", "line 2, where the file ends"),
        ("name = 'x'\nprimary = [\n\n\n", "line 2, where the file ends"),
    ],
)
def test_a_theme_that_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(ConfigError, match=said):
        load_theme("mine", tmp_path)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "/abs", "no-such-theme"])
def test_a_theme_that_is_not_there_or_outside_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_theme(name, tmp_path)


async def test_the_theme_is_chosen_by_keys(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        await ui.press("colon")
        await ui.type("colours")
        await ui.press("enter")
        await ui.sees("boatyard-light")
        await ui.type("boatyard-light")
        await ui.press("enter")
        await ui.until(lambda: ui.app.theme == "boatyard-light", "the theme is in use")
        assert ui.app.preferences.theme == "boatyard-light"


async def test_without_colour_everything_can_still_be_told_apart(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(engine) as ui:
        await ui.open_workspace("first")
        await ui.press("1")
        assert ui.app.theme == "ansi"
        filters = ui.app.get_line_filters()
        styles = set()
        for strip in ui.app.screen._compositor.render_strips():
            for each in filters:
                strip = strip.apply_filter(each, Color.parse("black"))
            for segment in strip:
                assert segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor):
                    assert colour is None or colour.is_default
                styles.add(bool(segment.style.reverse))
        assert styles == {True, False}


async def test_a_theme_is_seen_while_one_chooses_and_escape_puts_the_old_one_back(engine: FakeEngine) -> None:
    async with driven(engine) as ui:
        before, remembered = ui.app.theme, ui.app.preferences.theme
        await ui.press("colon")
        await ui.type("choose the colours")
        await ui.press("enter")
        await ui.sees("in use")
        await ui.type("dracula")
        await ui.until(lambda: ui.app.theme == "dracula", "the preview")
        assert ui.app.palette.style("text").color == Style.parse("#f8f8f2").color
        await ui.press("escape")
        await ui.until(lambda: ui.app.theme == before, "the old theme")
        assert ui.app.preferences.theme == remembered


async def test_a_theme_of_the_users_is_drawn_anew_when_saved_and_told_when_wrong(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.base.looks.THEME_SECONDS", 0.02)
    monkeypatch.setenv("BOATYARD_THEME", "mine")
    home = find_home(str(tmp_path))
    file = home.config / "themes" / "mine.toml"
    file.parent.mkdir(parents=True)
    good = (Path(themes.__file__).parent / "nord.toml").read_text()
    file.write_text(good)

    def text() -> str:
        colour = ui.app.palette.style("text").color
        return colour.triplet.hex if colour and colour.triplet else ""

    async with driven(engine, home=home) as ui:
        assert ui.app.theme == "mine" and text() == "#e5e9f0"
        file.write_text(good.replace('foreground = "#e5e9f0"', 'foreground = "#f4f6fa"'))
        await ui.until(lambda: text() == "#f4f6fa", "the colours that were saved")
        file.write_text(good.replace('foreground = "#e5e9f0"', 'foreground = "grey, I think"'))
        await ui.sees("mine.toml:10", "foreground")
        assert text() == "#f4f6fa"
        file.write_text(good)
        await ui.until(lambda: text() == "#e5e9f0", "the corrected colours")


async def test_a_theme_of_the_users_that_is_wrong_at_the_start_is_told_and_another_used(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOATYARD_THEME", "mine")
    home = find_home(str(tmp_path))
    (home.config / "themes").mkdir(parents=True)
    (home.config / "themes" / "mine.toml").write_text("primary = 4\n")
    async with driven(engine, home=home) as ui:
        await ui.sees("mine.toml:1")
        assert ui.app.theme == "boatyard-dark"


WRONG = {
    "a colour that is none": ('error = "#bf61"', ":8: 'error' has to be a colour"),
    "a colour of another kind": ('error = "ansi_red"', ":8: 'error' has to be a colour"),
    "a number": ("error = 7", ":8: 'error'"),
    "nothing": ("", "'error' is missing"),
    "a style that is none": ('error = "#bf616a"\n[text]\ntext = "blink #gggggg"', "'text' says 'blink'"),
    "a name that is none": ('error = "#bf616a"\n[text]\ntext = "$nothing"', r"'text' names '\$nothing'"),
    "a way into the style sheet": (
        'error = "#bf616a"\n[variables]\nborder = "red; } * { display: none"',
        "'border' is neither",
    ),
    "dark as a word": ('dark = "yes"\nerror = "#bf616a"', "'dark' is true or false"),
    "nesting without end": ("x = " + "[" * 5000, "mine.toml"),
    "bytes that are no text": ("\udcff", "mine.toml"),
    "too much": ("#" * 70_000, "more than"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_theme_with_something_wrong_in_it_is_refused_and_says_where(tmp_path: Path, what: str) -> None:
    line, said = WRONG[what]
    colours = [f'{name} = "#808080"' for name in COLOURS if name != "error"]
    text = "\n".join([*colours[:4], line, *colours[4:]])
    if "[text]" in line or "[variables]" in line:
        text = "\n".join([*colours, line])
    if what.startswith("a colour") or what == "a number":
        text = "\n".join(['name = "x"', *colours[:6], line, *colours[6:]])
    (tmp_path / "mine.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=said):
        load_theme("mine", tmp_path)


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;c", True),
        (b"\x1b]11;rgb:1e1e/1e1e/2e2e\x07\x1b[?6c", False),
        (b"\x1b]11;rgba:f/f/f/f\x07", True),
        (b"\x1b]11;rgb:zz/00/00\x07", None),
        (b"\x1b[?62;c", None),
        (b"", None),
    ],
)
def test_the_terminals_answer_about_its_background(answer: bytes, light: bool | None) -> None:
    assert is_light(answer) is light


ASK = "from tui.terminal.background import light_background; print('light:', light_background(), flush=True)"


@pytest.mark.parametrize(
    ("answer", "variable", "said"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?62;c", "15;0", b"light: True"),
        (b"\x1b]11;rgb:0000/0000/0000\x1b\\\x1b[?62;c", "0;15", b"light: False"),
        (b"\x1b[?62;c", "0;15", b"light: True"),
        (b"", "0;15", b"light: True"),
        (b"", "", b"light: None"),
    ],
)
def test_the_terminal_is_asked_then_the_variable(answer: bytes, variable: str, said: bytes) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", "COLORFGBG": variable}
    environment.pop("SSH_CONNECTION", None)
    with Terminal([sys.executable, "-c", ASK], env=environment, answers=False) as terminal:
        terminal.until(lambda written: b"\x1b]11;?" in written and WHO_ARE_YOU in written)
        if answer:
            terminal.press(answer)
        terminal.until(lambda written: said in written)
        assert terminal.end() == 0


@pytest.mark.parametrize("term", ["linux", "dumb"])
def test_a_terminal_that_would_print_the_question_is_not_asked(term: str) -> None:
    with Terminal(
        [sys.executable, "-c", ASK], env={**os.environ, "TERM": term, "COLORFGBG": "0;7"}
    ) as terminal:
        terminal.until(lambda written: b"light: True" in written)
        assert b"\x1b" not in terminal.written


async def test_signs_are_drawn_in_ascii_when_wished_and_this_is_remembered(
    engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOATYARD_GLYPHS", raising=False)
    home = find_home(str(tmp_path))
    async with driven(engine, home=home) as ui:
        ui.app.use_glyphs("unicode")
        await ui.sees("● first")
        await ui.press("colon")
        await ui.type("plain ascii")
        await ui.press("enter")
        await ui.sees("* first")
        ui.app.keep_preferences()
    async with driven(engine, home=home) as ui:
        await ui.sees("* first")


@pytest.mark.parametrize(
    ("term", "colorterm", "colours", "theme"),
    [
        ("xterm", "", "15;0", "ansi"),
        ("xterm", "", "0;15", "ansi-light"),
        ("xterm", "truecolor", "15;0", "boatyard-dark"),
        ("xterm-256color", "", "0;15", "boatyard-light"),
    ],
)
async def test_a_terminal_with_16_colours_gets_its_own_where_none_were_chosen(
    engine: FakeEngine, monkeypatch: pytest.MonkeyPatch, term: str, colorterm: str, colours: str, theme: str
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLORTERM", colorterm)
    monkeypatch.setenv("COLORFGBG", colours)
    async with driven(engine) as ui:
        assert ui.app.theme == theme
    monkeypatch.setenv("BOATYARD_THEME", "nord")
    async with driven(engine) as ui:
        assert ui.app.theme == "nord"
