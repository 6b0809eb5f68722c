"""Where bodies lie until their pages have them: in memory, or on disk."""

import errno
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from starlette.types import Message, Receive

# More than a form takes (a PDF of 10 MB, a picture of 2 MB): who chose a file that is too large is
# told so in the form, where the words are kept.
MOST_BYTES = 32 * 1024 * 1024
CHUNK = 256 * 1024


@dataclass(eq=False)
class Room:
    """A place where bodies lie, in bytes."""

    most_of_one: int
    most: int
    taken: int = 0

    def holds(self, size: int, of_them_here: int) -> bool:
        return size <= self.most_of_one and self.taken - of_them_here + size <= self.most


# Words have memory of their own: no upload crowds them out, and a full disk loses none.
WORDS = Room(64 * 1024, 64 * 1024 * 1024)
UPLOADS = Room(MOST_BYTES, 64 * 1024 * 1024)
DISK = Room(MOST_BYTES, 960 * 1024 * 1024)
ROOMS = (WORDS, UPLOADS, DISK)


class Body:
    def __init__(self) -> None:
        self.size, self._room = 0, WORDS
        self._is_told = False
        self._file = SpooledTemporaryFile()  # noqa: SIM115  # close() does

    def close(self) -> None:
        self._room.taken -= self.size
        with suppress(OSError):  # a full disk refuses once more what it refused
            self._file.close()

    def write(self, data: bytes) -> None:
        """Raises OSError where there is no room."""
        size = self.size + len(data)
        room = self._room_for(size)
        if room is DISK:
            self._file.rollover()
        self._file.write(data)
        self._file.flush()
        self._room.taken -= self.size
        self.size, self._room = size, room
        self._room.taken += self.size

    def _room_for(self, size: int) -> Room:
        """This one, or one of those after it: nothing comes back from disk."""
        for room in ROOMS[ROOMS.index(self._room) :]:
            if room.holds(size, self.size if room is self._room else 0):
                return room
        raise OSError(errno.ENOSPC, "Too much is arriving")

    def told_before(self, rest: Receive) -> Receive:
        """This body, and then what else the connection says."""
        self._file.seek(0)

        async def receive() -> Message:
            if self._is_told:
                return await rest()
            part = self._file.read(CHUNK)
            self._is_told = not part
            return {"type": "http.request", "body": part, "more_body": bool(part)}

        return receive
