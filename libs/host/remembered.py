"""What need not be worked out again."""

from collections import OrderedDict
from threading import Lock
from typing import Any


class Remembered:
    """A bounded memory, the least recently used forgotten first. Thread-safe."""

    def __init__(self, most: int) -> None:
        self._most, self._items, self._lock = most, OrderedDict[Any, Any](), Lock()

    def get(self, key: Any) -> Any:
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
            return self._items.get(key)

    def put(self, key: Any, item: Any) -> None:
        with self._lock:
            self._items[key] = item
            if len(self._items) > self._most:
                self._items.popitem(last=False)
