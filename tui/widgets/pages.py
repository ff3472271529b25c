"""A long sequence of lines of which only windows are held: the least recently seen ones are let go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Pages(Generic[T]):
    """Lines by index, in pages of a fixed length."""

    def __init__(self, length: int, most: int) -> None:
        self.length = length
        self.total = 0
        """Lines in all, as far as known."""
        self._most = most
        self._pages: OrderedDict[int, Sequence[T]] = OrderedDict()
        self._asked: set[int] = set()

    def get(self, index: int) -> T | None:
        """The line at `index`, or None when its page is not here."""
        page = self._pages.get(index // self.length)
        offset = index % self.length
        return page[offset] if page is not None and offset < len(page) else None

    def _of(self, first: int, last: int) -> range:
        """Numbers of the pages for lines `first` to `last`."""
        last = min(last, self.total - 1)
        return range(max(0, first) // self.length, last // self.length + 1) if last >= 0 else range(0)

    def lacks(self, first: int, last: int) -> bool:
        """Whether there is a page for lines `first` to `last` that was not asked for yet."""
        return any(each not in self._pages and each not in self._asked for each in self._of(first, last))

    def missing(self, first: int, last: int) -> list[int]:
        """Numbers of the pages for lines `first` to `last` that were not asked for yet; now they are."""
        found = []
        for number in self._of(first, last):
            if number in self._pages:
                self._pages.move_to_end(number)
            elif number not in self._asked:
                self._asked.add(number)
                found.append(number)
        return found

    def put(self, number: int, lines: Sequence[T], total: int) -> None:
        """Takes in a page."""
        self.total = total
        self._asked.discard(number)
        self._pages[number] = lines
        self._pages.move_to_end(number)
        while len(self._pages) > self._most:
            self._pages.popitem(last=False)

    def forget(self, number: int) -> None:
        """A page that was asked for did not come: it may be asked for again."""
        self._asked.discard(number)

    def page(self, number: int) -> Sequence[T] | None:
        """The lines of a page, or None when it is not here."""
        return self._pages.get(number)

    def held(self) -> dict[int, Sequence[T]]:
        """The pages that are here, by number."""
        return dict(self._pages)
