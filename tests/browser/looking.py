"""Comparing pictures of pages: small enough to be kept, coarse enough to bear another machine."""

from pathlib import Path

from PIL import Image, ImageChops, ImageStat

WIDTH = 48
TALLEST = 600


def thumbnail(picture: Path) -> Image.Image:
    """Return a picture in grey, 48 dots wide: blocks and columns show, letters do not."""
    with Image.open(picture) as whole:
        height = min(TALLEST, max(1, round(whole.height * WIDTH / whole.width)))
        return whole.convert("L").resize((WIDTH, height), Image.Resampling.BOX)


def difference(seen: Image.Image, known: Path) -> float:
    """Return by how much of black to white two thumbnails differ on average; 1 if in height."""
    with Image.open(known) as before:
        if abs(before.height - seen.height) > max(2, 0.03 * before.height):
            return 1.0
        other = before.convert("L").resize(seen.size, Image.Resampling.BOX)
        return ImageStat.Stat(ImageChops.difference(seen, other)).mean[0] / 255
