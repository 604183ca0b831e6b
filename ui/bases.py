"""What a scenario may begin as, and what is known of the data that comes with the model."""

from functools import lru_cache

from roi_model import Scenario, load_case, shipped_cases
from roi_model.editing import Claim, Edits, claims_of
from roi_model.editing import believed as believed_of
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Source
from roi_model.reference_data import discount_rates
from roi_model.templates import load_template, templates


def load(case_id: str) -> Scenario:
    """Return a shipped case, or a template's, by its id; ``KeyError`` if there is none."""
    if case_id in templates():
        return load_template(case_id).case
    if case_id not in shipped_cases():
        raise KeyError(case_id)
    return load_case(case_id)


def believed(edits: Edits) -> Edits:
    """Return edits from a link with the papers that the shipped data bears out."""
    claims, sources = _known()
    return believed_of(edits, claims=claims, sources=sources)


@lru_cache(maxsize=1)
def _known() -> tuple[frozenset[Claim], dict[str, Source]]:
    claims: set[Claim] = set()
    sources: dict[str, Source] = {}
    for case_id in (*shipped_cases(), *templates()):
        case = load(case_id)
        claims |= claims_of(parameter for _, parameter in case.parameters())
        sources |= case.sources
    library = evidence_library()
    claims |= claims_of(one.factor() for one in library.unit_values if one.usable_as != "context")
    sources |= library.sources
    rates = discount_rates()
    claims |= claims_of(rates.figures)
    sources |= rates.sources
    return frozenset(claims), sources
