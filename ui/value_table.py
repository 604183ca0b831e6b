"""The value map as a table whose cells are typed into: the same scenario as the fields."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from roi_model.parameters import Parameter
from roi_model.value_map import Outcome
from ui import state
from ui.frame import Page
from ui.inputs import kind_of, unit_words
from ui.labels import label_of, refusal_text

SHARES = ("deadweight", "displacement", "attribution", "drop_off")

HTML = '<div class="frame"><table></table></div>'
CSS = """
.frame { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { text-align: left; padding: .3rem .5rem .3rem 0; vertical-align: middle;
  border-bottom: 1px solid var(--st-border-color); }
thead th { font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 9rem; }
td { font-variant-numeric: tabular-nums; }
input { box-sizing: border-box; width: 100%; min-width: 4.6rem; font: inherit; color: inherit;
  padding: .35rem .45rem; border: 1px solid var(--st-border-color); border-radius: .35rem;
  background: var(--st-secondary-background-color); text-align: right; }
input:focus-visible { outline: 3px solid var(--st-primary-color); outline-offset: 1px; }
input[aria-invalid=true] { border: 2px solid var(--st-red-text-color); }
small { display: block; font-size: .85rem; font-weight: 400; }
tr[hidden] { display: none; }
tr:has(+ tr:not([hidden]) p) > * { border-bottom: 0; }
p { color: var(--st-red-text-color); font-weight: 600; margin: 0; }
@media (max-width: 800px) {
  thead { display: none; }
  tr, th, td { display: block; border: 0; padding: .15rem 0; }
  tr { border-bottom: 1px solid var(--st-border-color); padding: .6rem 0; }
  td[data-label]::before { content: attr(data-label) " "; }
}
"""
JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const shape = JSON.stringify([data.caption, data.headings, data.rows.map((row) =>
    [row.name, row.who, row.cells.map((cell) => [cell.address, cell.label])])]);
  const named = (tag, text, attributes = {}) => {
    const made = Object.assign(document.createElement(tag), { textContent: text });
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  };
  const drawn = () => {
    table.replaceChildren(named("caption", data.caption));
    const head = table.appendChild(document.createElement("thead")).insertRow();
    data.headings.forEach((text) => head.append(named("th", text, { scope: "col" })));
    const body = table.appendChild(document.createElement("tbody"));
    data.rows.forEach((row, position) => {
      const line = body.insertRow();
      line.append(named("th", row.name, { scope: "row" }));
      line.firstChild.append(named("small", row.who));
      row.cells.forEach((cell, column) => {
        const place = line.insertCell();
        place.dataset.label = data.headings[column + 1];
        if (!cell.address) return;
        const input = place.appendChild(document.createElement("input"));
        input.dataset.address = cell.address;
        input.setAttribute("aria-label", cell.label);
        input.autocomplete = "off";
        input.maxLength = data.longest;
        input.onchange = () =>
          setTriggerValue("typed", { address: cell.address, text: input.value });
      });
      const below = body.insertRow().insertCell();
      below.colSpan = data.headings.length;
      below.append(named("p", "", { role: "alert", id: `refused-${position}` }));
    });
  };
  if (table.dataset.shape !== shape) { drawn(); table.dataset.shape = shape; }
  // Values are put in place: a cell that a person is in keeps its place and its focus.
  const lines = table.tBodies[0].rows;
  const stacked = matchMedia("(max-width: 800px)").matches;
  data.rows.forEach((row, position) => {
    const below = lines[2 * position + 1];
    const said = table.querySelector(`#refused-${position}`);
    row.cells.forEach((cell, column) => {
      const place = lines[2 * position].cells[column + 1];
      const input = place.querySelector("input");
      if (!input) { place.textContent = cell.text; return; }
      if (input.value !== cell.text) input.value = cell.text;
      input.setAttribute("aria-invalid", String(cell.refused));
      if (!cell.refused) { input.removeAttribute("aria-describedby"); return; }
      input.setAttribute("aria-describedby", said.id);
      (stacked ? place : below.cells[0]).append(said);
    });
    below.hidden = stacked || !row.refusal;
    if (said.textContent !== row.refusal) said.textContent = row.refusal;
  });
}
"""
KEY = "value_table"


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("value_table", html=HTML, css=CSS, js=JS)


def editable(page: Page) -> None:
    """Show the outcomes as rows: what each number is, in a cell to type another into."""
    t = page.t
    parameters = dict(page.scenario.parameters())
    headings = [t(f"editing.heading_{name}") for name in ("outcome", "quantity", "value")]
    headings += [t(f"editing.heading_{name}") for name in (*SHARES, "benefit_period")]
    headings.append(t("editing.heading_total"))
    rows = [_row(page, outcome, parameters) for outcome in page.scenario.outcomes]
    data = {
        "caption": t("inputs.outcomes"),
        "headings": headings,
        "rows": rows,
        "longest": 60,
    }
    _component()(data=data, key=KEY, on_typed_change=lambda: _take(parameters, page))


def _row(page: Page, outcome: Outcome, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    t = page.t
    result = {one.outcome: one for one in page.evaluation.by_outcome}[outcome.id]
    money = [one for one in outcome.factors if one not in outcome.quantities]
    # Several quantities, such as staff and jobs a head, are typed in the fields, by name.
    quantity = outcome.quantities[0] if len(outcome.quantities) == 1 else None
    price = money[0] if len(money) == 1 else None
    addresses = [
        f"{outcome.id}.{quantity.id}" if quantity else "",
        f"{outcome.id}.{price.id}" if price else "",
        *(f"{outcome.id}.{name}" for name in (*SHARES, "benefit_period")),
    ]
    cells = [_cell(page, address, parameters) for address in addresses]
    if quantity is None and outcome.quantities:
        cells[0]["text"] = t.number(round(result.quantity, 2))
    cells.append(_plain(t.short_euros(result.present_value)))
    who = t.of(page.scenario.stakeholder(outcome.stakeholder).name)
    refusal = " ".join(cell["reason"] for cell in cells if cell["refused"])
    return {"name": t.of(outcome.label), "who": who, "cells": cells, "refusal": refusal}


def _cell(page: Page, address: str, parameters: Mapping[str, Parameter]) -> dict[str, Any]:
    if not address:
        return _plain("")
    t, parameter = page.t, parameters[address]
    refusal = state.refusal(address)
    written = "" if parameter.is_to_fill else t.figure(parameter.value, parameter.unit)
    label, unit = label_of(address, page.scenario, t), t.unit(parameter.unit)
    return {
        "address": address,
        "label": t("inputs.label_with_unit", label=label, unit=unit) if unit else label,
        "text": refusal.text if refusal else written,
        "refused": refusal is not None,
        "reason": refusal_text(refusal.problem, page.scenario, t) if refusal else "",
    }


def _plain(text: str) -> dict[str, Any]:
    return {"address": "", "label": "", "text": text, "refused": False, "reason": ""}


def _take(parameters: Mapping[str, Parameter], page: Page) -> None:
    """Take what was typed into a cell; an address that is no cell's is passed over."""
    typed = st.session_state[KEY].get("typed") or {}
    address, text = str(typed.get("address", "")), str(typed.get("text", ""))
    parameter = parameters.get(address)
    if parameter is not None:
        state.take_typed(address, text, kind_of(parameter), unit_words(page.t, parameter.unit))
