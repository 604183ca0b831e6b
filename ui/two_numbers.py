"""Two numbers at a time: the ratio for each value of one with each value of the other."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from roi_model.scenario import Scenario
from roi_model.sensitivity import TwoWay, two_way
from ui.frame import Page
from ui.labels import label_of
from ui.words import Words, rounded

KEYS = ("two_way_first", "two_way_second")


@st.cache_data(max_entries=64, show_spinner=False)
def _two_way(fingerprint: str, first: str, second: str, _scenario: Scenario) -> TwoWay:
    return two_way(_scenario, first, second)


def shown(page: Page, deciding: Sequence[str], wanted: float) -> None:
    """Ask for two numbers, and show the ratio over both; ``deciding`` are the ones to offer."""
    t = page.t
    if len(deciding) < 2:
        st.caption(t("uncertainty.nothing_varies"))
        return
    labels = {one: label_of(one, page.scenario, t) for one in deciding}
    chosen: list[str] = []
    for column, key, position in zip(st.columns(2), KEYS, (0, 1), strict=True):
        others = [one for one in deciding if one not in chosen]
        kept = st.session_state.get(key)
        st.session_state[key] = kept if kept in others else others[0 if chosen else position]
        with column:
            st.selectbox(
                t(f"uncertainty.{key}"),
                others,
                format_func=labels.__getitem__,
                key=key,
                filter_mode=None,
            )
        chosen.append(st.session_state[key])
    first, second = chosen
    found = _two_way(page.scenario.fingerprint, first, second, page.scenario)
    st.html(_grid(page, found, wanted))
    st.caption(t("uncertainty.two_way_note", target=t.ratio(wanted)))


def _grid(page: Page, found: TwoWay, wanted: float) -> str:
    """Return the table: the first number down, the second across; what falls short is marked."""
    t, parameters = page.t, dict(page.scenario.parameters())

    def named(address: str) -> str:
        label, unit = label_of(address, page.scenario, t), t.unit(parameters[address].unit)
        return t("inputs.label_with_unit", label=label, unit=unit) if unit else label

    def written(address: str, value: float) -> str:
        parameter = parameters[address]
        said = escape(t.figure(rounded(value), parameter.unit))
        return f"<b>{said}</b>" if value == parameter.value else said

    across = "".join(
        f'<th scope="col" class="number">{written(found.second, value)}</th>'
        for value in found.second_values
    )
    body = ""
    for value, ratios in zip(found.first_values, found.ratios.tolist(), strict=True):
        cells = "".join(_cell(t, ratio, wanted) for ratio in ratios)
        body += f'<tr><th scope="row">{written(found.first, value)}</th>{cells}</tr>'
    caption = t("uncertainty.two_way_caption", first=named(found.first), second=named(found.second))
    return (
        f'<p class="quiet" aria-hidden="true">{escape(caption)}</p>'
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption, quote=True)}">'
        f'<table class="grid"><caption>{escape(caption)}</caption><thead><tr><td></td>'
        f"{across}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(t: Words, ratio: float, wanted: float) -> str:
    if ratio < wanted:
        short = t("uncertainty.short_of", ratio=t.ratio(ratio))
        return f'<td class="number short">{escape(short)}</td>'
    return f'<td class="number">{escape(t.ratio(ratio))}</td>'
