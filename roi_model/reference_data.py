"""Published figures that belong to no case: landmarks to place a result by."""

from functools import lru_cache
from typing import Annotated

import yaml
from pydantic import Field

from roi_model.case_files import DATA
from roi_model.parameters import Factor, Identifier, Record, Source


class Landmarks(Record):
    """Figures with their sources."""

    sources: Annotated[dict[Identifier, Source], Field(max_length=200)]
    figures: Annotated[tuple[Factor, ...], Field(min_length=1, max_length=500)]

    def figure(self, figure_id: str) -> Factor:
        """Return a figure by id; ``KeyError`` if there is none."""
        return {one.id: one for one in self.figures}[figure_id]


@lru_cache(maxsize=1)
def published_ratios() -> Landmarks:
    """Return the ratios published elsewhere. They differ in perimeter: to place, not to rank."""
    text = (DATA / "published_ratios.yaml").read_text(encoding="utf-8")
    return Landmarks.model_validate(yaml.safe_load(text))
