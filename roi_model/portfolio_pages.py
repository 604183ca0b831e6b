"""What the pages of a Parquet file unpack to, from their headers, before any is unpacked.

Metadata at the end of a file may state any size: Arrow unpacks a page to the size in the header of
the page, and no further. So that size is added up here, as Arrow will read it: from the place and
over the length that metadata give for each column, in Thrift's compact protocol.

Source: Apache Parquet format, parquet.thrift (PageHeader); Apache Thrift, compact protocol.
"""

from typing import Any

_INT32, _STRUCT = 5, 12
_UNPACKED, _PACKED = 2, 3
_HEADERS_OF_DATA = {5: 2, 8: 4}
"""Header of a page of data, in versions 1 and 2: where its encoding is."""
_DELTA_BYTE_ARRAY = 7
"""Texts as what each has in common with the one before: of a few bytes it makes any number."""


MOST_STEPS = 10_000_000
"""Bytes of headers that are looked at: in some seconds, a hundred thousand pages."""


def unpacked_size(content: bytes, metadata: Any) -> int:
    """Return the bytes that the pages of a file unpack to; ``metadata`` is what Arrow read of it.

    Raises:
        ValueError, LookupError: headers are too many, or one cannot be read, or texts are stated
            by their differences.
    """
    headers = _Headers(content)
    return sum(
        _unpacked_size(headers, metadata.row_group(group).column(at))
        for group in range(metadata.num_row_groups)
        for at in range(metadata.num_columns)
    )


def _unpacked_size(headers: "_Headers", column: Any) -> int:
    start, total = column.data_page_offset, 0
    if column.has_dictionary_page and 0 < column.dictionary_page_offset < start:
        start = column.dictionary_page_offset
    headers.position = start
    while headers.position < start + column.total_compressed_size:
        page = headers.struct()
        for field, encoding in _HEADERS_OF_DATA.items():
            if page.get(field, {}).get(encoding) == _DELTA_BYTE_ARRAY:
                raise ValueError("texts must not be in the encoding DELTA_BYTE_ARRAY")
        if min(page[_UNPACKED], page[_PACKED]) < 0:
            raise ValueError("a page must not have a size below 0")
        total += page[_UNPACKED]
        headers.position += page[_PACKED]
    return total


class _Headers:
    """Bytes being read as Thrift writes them."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0
        self.steps = 0

    def struct(self) -> dict[int, Any]:
        """Return the whole numbers of 32 bits and the structs of a struct, by their field."""
        found: dict[int, Any] = {}
        field = 0
        while head := self._byte():
            step, kind = head >> 4, head & 15
            field = field + step if step else _signed(self._varint())
            if kind == _INT32:
                found[field] = _signed(self._varint())
            elif kind == _STRUCT:
                found[field] = self.struct()
            elif kind > 2:  # 1 and 2 are true and false
                self._skip(kind)
        return found

    def _skip(self, kind: int) -> None:
        if kind in (1, 2, 3):
            self._byte()
        elif kind in (4, 5, 6):
            self._varint()
        elif kind == 7:
            self.position += 8
        elif kind == 8:
            length = self._varint()
            self.position += length
        elif kind in (9, 10):
            head = self._byte()
            for _ in range(head >> 4 if head < 0xF0 else self._varint()):
                self._skip(head & 15)
        elif kind == _STRUCT:
            self.struct()
        else:
            raise ValueError(f"a page must have a header that can be read (got {kind})")

    def _byte(self) -> int:
        self.position += 1
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise ValueError("the headers of pages must not be so many")
        return self.content[self.position - 1]

    def _varint(self) -> int:
        """Return a whole number: its last 32 bits, as Arrow does."""
        number = shift = 0
        while (byte := self._byte()) & 128:
            number |= (byte & 127) << shift
            shift += 7
            if shift > 63:
                raise ValueError("a page must have a header that can be read")
        return (number | byte << shift) & 0xFFFFFFFF


def _signed(number: int) -> int:
    """Return a number of which the last bit is the sign, as Thrift writes it."""
    return number >> 1 ^ -(number & 1)
