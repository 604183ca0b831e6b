"""Provenances as documents name them: their readers are not the ones who typed the numbers."""

from roi_model.evaluation import Evaluation, Part
from roi_model.parameters import Provenance
from ui import sentences
from ui.words import Words


def name_of(provenance: str, t: Words) -> str:
    """Return what a provenance is called."""
    is_typed = provenance == Provenance.YOURS
    return t("documents.typed") if is_typed else t(f"provenance.{provenance}")


def meaning_of(provenance: str, t: Words) -> str:
    """Return what a provenance means."""
    if provenance == Provenance.YOURS:
        return t("documents.typed_means")
    if provenance == Provenance.ASSUMED:
        return t("documents.assumed_means")
    return t(f"provenance.{provenance}_means")


def rests_on(part: Part, evaluation: Evaluation, t: Words) -> str:
    """Return in words what a part of the benefits, by provenance, rests on."""
    if part.key == Provenance.YOURS:
        return t("documents.rests_on_typed")
    if part.key == Provenance.ASSUMED:
        return t("documents.rests_on_assumptions")
    return sentences.rests_on(part, evaluation, t)
