"""Colours: one per provenance, everywhere the same, each with a pattern that survives grey."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from roi_model.parameters import Provenance

STYLE = Path(__file__).parent / "style.css"
FONT = '"Source Sans", sans-serif'


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The colours of a theme that pages and charts draw with."""

    ink: str
    quiet: str
    line: str
    ground: str
    action: str
    refused: str
    provenance: dict[Provenance, str]
    on_provenance: dict[Provenance, str]
    """Colour of the pattern drawn over each, and of a text set on it."""


LIGHT = Palette(
    ink="#16262B",
    quiet="#4A5C60",
    line="#D9E0DF",
    ground="#FFFFFF",
    action="#0B6E6E",
    refused="#A3262A",
    provenance={
        Provenance.PUBLISHED: "#0B4F6C",
        Provenance.DERIVED: "#5B9BB5",
        Provenance.YOURS: "#7B5EA7",
        Provenance.ASSUMED: "#E3A857",
    },
    on_provenance={
        Provenance.PUBLISHED: "#FFFFFF",
        Provenance.DERIVED: "#16262B",
        Provenance.YOURS: "#FFFFFF",
        Provenance.ASSUMED: "#16262B",
    },
)
DARK = Palette(
    ink="#E8EEEC",
    quiet="#AEBDBB",
    line="#33474A",
    ground="#101B1D",
    action="#7ED6CF",
    refused="#FF9C94",
    provenance={
        Provenance.PUBLISHED: "#3C9CC9",
        Provenance.DERIVED: "#A9D3E3",
        Provenance.YOURS: "#B99CE3",
        Provenance.ASSUMED: "#E3A857",
    },
    on_provenance=dict.fromkeys(Provenance, "#101B1D"),
)


def palette(theme: str | None) -> Palette:
    """Return the colours of a theme, ``light`` unless it is ``dark``."""
    return DARK if theme == "dark" else LIGHT


@lru_cache(maxsize=4)
def style_sheet(theme: str | None) -> str:
    """Return the HTML that styles every page in a theme; the file is read once for each."""
    # On one line: Streamlit looks at the margin of every line, at each rerun.
    sheet = " ".join(STYLE.read_text(encoding="utf-8").split())
    return f"<style>{_variables(palette(theme))}{sheet}</style>"


def _variables(colours: Palette) -> str:
    """Return the colours as CSS variables, for ``style.css`` to use."""
    plain = ("ink", "quiet", "line", "ground", "action", "refused")
    names: dict[str, str] = {name: getattr(colours, name) for name in plain}
    for provenance in Provenance:
        names[str(provenance)] = colours.provenance[provenance]
        names[f"on-{provenance}"] = colours.on_provenance[provenance]
    declarations = "".join(f"--{name}:{colour};" for name, colour in names.items())
    return f":root{{{declarations}}}"
