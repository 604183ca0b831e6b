"""Zip files that are the same whenever and wherever they are made."""

import datetime
import io
import zipfile
from collections.abc import Mapping

EARLIEST = datetime.date(1980, 1, 1)
"""What the format can date a file from."""
FOR_ALL_TO_READ = 0o644 << 16
UNIX = 3


def packed(files: Mapping[str, bytes], day: datetime.date) -> bytes:
    """Return a zip archive of ``files`` in their order, each dated ``day`` at midnight."""
    dated = max(day, EARLIEST)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, (dated.year, dated.month, dated.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr, entry.create_system = FOR_ALL_TO_READ, UNIX
            archive.writestr(entry, data)
    return content.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a zip archive that this program made, by name, in their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}
