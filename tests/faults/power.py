"""A trace of what a program wrote to what a disk may hold after the power failed.

Only what was synced is sure to be there. Of the rest any part may be: each
write or none of it, or only its first sectors; a name may be missing, or still
there. The disk knows no order but that of the syncs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

TRACED = "openat,pwrite64,ftruncate,fsync,fdatasync,unlink,link,rename"
SECTOR = 512

_CALL = re.compile(r"^(?:\d+ +)?(?P<call>\w+)\((?P<arguments>.*)\) += (?P<result>-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"|(?<=\d)<((?:\\x[0-9a-f]{2})*)>')


@attrs.frozen
class Write:
    """Bytes that were written and may be lost; without bytes, a file cut or lengthened."""

    at: int
    data: bytes | None

    def apply(self, content: bytearray) -> None:
        """Do it."""
        if self.data is None:
            del content[self.at :]
            content.extend(bytes(self.at - len(content)))
        else:
            content.extend(bytes(max(0, self.at - len(content))))
            content[self.at : self.at + len(self.data)] = self.data

    def torn(self) -> Write:
        """Only as much of it as one sector."""
        return self if self.data is None else Write(self.at, self.data[:SECTOR])


Chosen = Callable[[list[Write]], list[Write]]

SURVIVING: dict[str, Chosen] = {
    "nothing": lambda writes: [],
    "everything": list,
    "the first half": lambda writes: writes[: len(writes) // 2],
    "the second half": lambda writes: writes[len(writes) // 2 :],
    "every other write": lambda writes: writes[::2],
    "first sectors": lambda writes: [write.torn() for write in writes],
    "all but the first": lambda writes: writes[1:],
}


@attrs.define(eq=False)
class File:
    """What is on the disk of a file, and what is on its way there."""

    content: bytes = b""
    pending: list[Write] = attrs.Factory(list)

    def after(self, chosen: Chosen) -> bytes:
        """What is found where the power fails now."""
        content = bytearray(self.content)
        for write in chosen(self.pending):
            write.apply(content)
        return bytes(content)


@attrs.define
class Disk:
    """A folder: names on the disk, and names as programs see them."""

    durable: dict[str, File]
    seen: dict[str, File]

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """The disk with the files of a folder, all of them synced."""
        files = {each.name: File(each.read_bytes()) for each in folder.iterdir()}
        return cls(dict(files), dict(files))

    def images(self) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Every folder that may be found where the power fails now, and what survived in it."""
        for what, chosen in SURVIVING.items():
            for which, names in (("old", self.durable), ("new", self.seen)):
                yield (
                    f"{what}, {which} names",
                    {name: file.after(chosen) for name, file in names.items()},
                )


def replayed(log: str, disk: Disk, folder: Path) -> Iterator[str]:
    """Do what a trace tells, call by call, on a disk."""
    for line in log.splitlines():
        found = _CALL.match(line)
        if found is None or int(found["result"]) < 0:
            continue
        call, arguments = found["call"], found["arguments"]
        texts = [
            bytes.fromhex((one or other).replace("\\x", ""))
            for one, other in _TEXT.findall(arguments)
        ]
        paths = [Path(text.decode("utf-8", "replace")) for text in texts[:2]]
        if str(paths[0]) == str(folder) and call in ("fsync", "fdatasync"):
            disk.durable = dict(disk.seen)
        elif paths[0].parent != folder:
            continue
        else:
            _act(call, arguments, texts, [path.name for path in paths], disk)
        yield line[:60]


def _act(call: str, arguments: str, texts: list[bytes], names: list[str], disk: Disk) -> None:
    name = names[0]
    if call == "openat":
        if "O_CREAT" in arguments and name not in disk.seen:
            disk.seen[name] = File()
        if "O_TRUNC" in arguments:
            disk.seen[name].pending.append(Write(0, None))
    elif call == "pwrite64":
        at = int(arguments.rpartition(", ")[2])
        disk.seen[name].pending.append(Write(at, texts[1]))
    elif call == "ftruncate":
        disk.seen[name].pending.append(Write(int(arguments.rpartition(", ")[2]), None))
    elif call in ("fsync", "fdatasync"):
        file = disk.seen[name]
        file.content, file.pending = file.after(list), []
    elif call == "unlink":
        del disk.seen[name]
    elif call == "link":
        disk.seen[names[1]] = disk.seen[name]
    elif call == "rename":
        disk.seen[names[1]] = disk.seen.pop(name)
