"""Looking for a hunk or a text beyond the lines that are here: further on in the file, then in other files.

A text is looked for in every line that is shown of the file in sight, context included. The engine then
says which other files have it in a line that was added or removed; they follow as the list has them.
"""

from __future__ import annotations

from textual import on, work

from core.errors import BoatyardError
from core.values.review import FileChange
from tui.diff.folds import same_file
from tui.diff.reading import DiffReading
from tui.diff.source import DiffSource
from tui.diff.view import DiffView


class DiffSeeking(DiffReading):
    """The pane's part that goes to what was looked for."""

    def show_file(self, at: int) -> FileChange:
        """Shows the lines of a file by its place in the list, also of one that is folded."""
        file = self.files.files[at]
        self._folds.turn(file, False)
        self.files.move_to(at)
        self.show_current()
        if self.view.folded:
            self._show_folded(file)
        return file

    def show_current(self) -> None:
        """Shows the file at the cursor of the list, if another one is shown."""
        file, shown = self.files.current, self.view.file
        if file is not None and (shown is None or not same_file(file, shown)):
            self._show(file)

    def action_file(self, step: int) -> None:
        self.files.move_to(self.files.cursor_row + step)
        self.show_current()

    @on(DiffView.Seeks)
    def _sought(self, event: DiffView.Seeks) -> None:
        event.stop()
        if self.source is not None and self.view.file is not None:
            self._seek(self.source, self.view.file, event)

    @work(group="diff-seek", exclusive=True)
    async def _seek(self, source: DiffSource, file: FileChange, sought: DiffView.Seeks) -> None:
        try:
            found = await self._line(source, file, sought.start, sought)
            if found is None and sought.needle:
                await self._seek_elsewhere(source, file, sought)
                return
        except BoatyardError as error:
            self.say(error.message)
            return
        if not self._still(source, file):
            return
        if found is None:
            self.action_file(sought.step)
            return
        if self.view.folded:
            self._folds.turn(file, False)
            self._show_folded(file)
        self.view.go_to_line(found)

    async def _seek_elsewhere(self, source: DiffSource, file: FileChange, sought: DiffView.Seeks) -> None:
        """Goes to the first or last place in the next file that has the text; the file itself is the last."""
        holding = await source.containing(self._link.client, sought.needle)
        for at in self._others(file, sought.step):
            other = self.files.files[at]
            if (other.repo_id, other.path) not in holding and not same_file(other, file):
                continue
            found = await self._line(source, other, None, sought)
            if not self._still(source, file):
                return
            if found is not None:
                self.show_file(at)
                self.view.go_to_line(found)
                return
        self.say(f"no line of this diff has {sought.needle!r} in it")

    def _others(self, file: FileChange, step: int) -> list[int]:
        """Places of all files in the list, in the order in which they come after this one, which is last."""
        files = self.files.files
        here = next((at for at, each in enumerate(files) if same_file(each, file)), 0)
        return [(here + step * n) % len(files) for n in range(1, len(files) + 1)]

    async def _line(
        self, source: DiffSource, file: FileChange, start: int | None, sought: DiffView.Seeks
    ) -> int | None:
        if file.binary:
            return None
        context, client = self.view.context_lines, self._link.client
        return await source.find(client, file, context, start=start, step=sought.step, needle=sought.needle)

    def _still(self, source: DiffSource, file: FileChange) -> bool:
        """Whether the user is where the search began."""
        return source == self.source and self.view.file is not None and same_file(self.view.file, file)
