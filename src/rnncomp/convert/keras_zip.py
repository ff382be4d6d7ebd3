"""The zip archive that a ``.keras`` file is: three members, none of them compressed.

Keras stores its members as they are, in every version. An archive that does otherwise is refused,
so that nothing in one can grow: what is read is never larger than the file on the disk.
"""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from rnncomp._check import shown
from rnncomp.convert.keras_names import unsound
from rnncomp.errors import ModelFileError

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
MEMBERS = (METADATA, CONFIG, WEIGHTS)

DIRECTORY_LIMIT = 65_536  # bytes of the list of members, which zipfile reads in one piece
TEXT_LIMIT = 4_000_000  # bytes of metadata.json and of config.json
EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every member: the same model is the same bytes


class _Guarded(io.FileIO):
    """A file that gives at most `limit` bytes at once, while there is a limit."""

    limit: int | None = DIRECTORY_LIMIT + 65_557  # zipfile looks for the end of the list that far

    def read(self, size: int | None = -1, /) -> bytes:
        left = os.fstat(self.fileno()).st_size - self.tell()
        wanted = left if size is None or size < 0 else min(size, left)
        if self.limit is not None and wanted > self.limit:
            raise zipfile.BadZipFile(f"its list of members takes {wanted:,} bytes")
        return super().read(wanted) or b""  # a file makes room for all that it is asked for


def read_archive(path: Path) -> dict[str, bytes]:
    """Return the members of a ``.keras`` file by name.

    Raises:
        ModelFileError: The file is missing, damaged or hostile.
    """
    try:
        with _Guarded(path) as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
            for info in infos:
                _check_member(path, info)
            if sorted(info.filename for info in infos) != sorted(MEMBERS):
                found = shown([info.filename for info in infos])
                raise unsound(path, f"it should hold {', '.join(MEMBERS)} once, and holds {found}")
            file.limit = None
            return {name: archive.read(name) for name in MEMBERS}
    except ModelFileError:
        raise
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from None
    # zipfile leaves errors of many kinds to those who give it nonsense.
    except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError, IndexError) as error:
        raise unsound(path, str(error) or type(error).__name__) from None


def archive_bytes(members: Mapping[str, bytes]) -> bytes:
    """Return a ``.keras`` file with `members`, in Keras's order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in MEMBERS:
            archive.writestr(zipfile.ZipInfo(name, EPOCH), members[name])
    return out.getvalue()


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    name = shown(info.filename)
    if info.filename not in MEMBERS:
        raise unsound(path, f"its member {name} is none of {', '.join(MEMBERS)}")
    if info.flag_bits & 1:
        raise unsound(path, f"its member {name} is encrypted")
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise unsound(path, f"its member {name} is compressed, which Keras never does")
    if info.filename != WEIGHTS and info.file_size > TEXT_LIMIT:
        raise unsound(path, f"its member {name} has {info.file_size:,} bytes, over {TEXT_LIMIT:,}")
