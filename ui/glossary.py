"""The words of the field, each in a plain sentence."""

import unicodedata
from html import escape

from ui.words import Words

TERMS = (
    "scenario",
    "case",
    "stakeholder",
    "funder",
    "outcome",
    "factor",
    "financial_proxy",
    "deadweight",
    "displacement",
    "attribution",
    "drop_off",
    "benefit_period",
    "optimism_bias",
    "discount_rate",
    "present_value",
    "net_present_value",
    "ratio",
    "leverage",
    "payback",
    "footprint",
    "balance",
    "perspective",
    "transfer",
    "switching_value",
    "provenance",
    "draw",
    "interval",
    "acceptability",
    "prudent_reading",
    "bridge",
    "elasticity",
    "marginal_ratio",
)


def terms(t: Words) -> str:
    """Return the terms in the order of the reader's alphabet, with what they mean, as HTML."""
    said = {t(f"glossary.{term}"): t(f"glossary.{term}_meaning") for term in TERMS}
    items = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(said[name])}</dd>" for name in sorted(said, key=_plain)
    )
    return f'<dl class="glossary">{items}</dl>'


def _plain(text: str) -> str:
    """Return what a dictionary sorts a word by: small letters without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
