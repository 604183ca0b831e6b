"""Outcomes, costs and stakeholders added and taken away on the page of inputs."""

import pytest

from roi_model import load_case
from roi_model.evidence_library import evidence_library
from tests.pages.opening import (
    components,
    go_to,
    htmls,
    link_of,
    open_app,
    press,
    refusals,
    shown,
    strip,
    type_in,
    typed_at,
)
from ui.words import LANGUAGES, words_in

languages = pytest.mark.parametrize("language", LANGUAGES)
CASE = load_case("promevil")
FIELDS = {"text_input": ("label", "other", "quantity", "value", "source", "hours", "price")}


def fill(app, form, **values):
    """Fill the fields of a form, and leave the others as they are."""
    for name, value in values.items():
        key = f"{form}:{name}"
        if name in FIELDS["text_input"]:
            app.text_input(key=key).set_value(value)
        elif name == "public":
            app.toggle(key=key).set_value(value)
        else:
            app.selectbox(key=key).set_value(value)
    return app


def add(app, form, language, **values):
    fill(app, form, **values)
    what = {"new_outcome": "add_outcome", "new_cost": "add_cost"}[form]
    return press(app, words_in(language)(f"editing.{what}"))


def scenario_of(app):
    return app.session_state["scenario"]


def click(app, key):
    app.button(key=key).click().run()
    assert not app.exception
    return app


@languages
def test_an_outcome_of_ones_own_counts(language):
    app = open_app("inputs", language)
    before = scenario_of(app)
    add(
        app,
        "new_outcome",
        language,
        label="Halls plus propres",
        stakeholder="towns",
        counted="times",
        quantity="1 000",
        value="150,5" if language == "fr" else "150.5",
        source="Factures 2023",
    )
    assert not app.exception
    added = scenario_of(app).outcomes[-1]
    assert (added.id, added.stakeholder) == ("halls_plus_propres", "towns")
    assert [one.value for one in added.factors] == [1_000, 150.5]
    # (20 200 000 + 150 500) / 1 500 000 = 13.567
    assert "13,57" in strip(app) or "13.57" in strip(app)
    assert "Factures 2023" in shown(app)
    assert "edits" in app.query_params
    again = open_app("inputs", None, **app.query_params)
    assert scenario_of(again) == scenario_of(app)
    press(app, words_in(language)("editing.undo"))
    assert scenario_of(app) == before
    press(app, words_in(language)("editing.redo"))
    assert scenario_of(app).outcomes[-1] == added


@languages
@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"label": " ", "value": "5"}, "editing.outcome_name"),
        ({"label": "Calm", "stakeholder": None, "value": "5"}, "editing.who_gains"),
        ({"label": "Calm", "quantity": "many", "value": "5"}, "editing.quantity"),
        ({"label": "Calm", "quantity": "5", "value": ""}, "editing.value"),
        ({"label": "Calm", "quantity": "-5", "value": "5"}, "editing.quantity"),
        ({"label": "Calm", "quantity": "5", "value": "9e99"}, "editing.value"),
        (
            {"label": "Calm", "stakeholder": "other", "quantity": "5", "value": "5"},
            "editing.other_name",
        ),
    ],
)
def test_what_is_missing_is_named_and_what_was_typed_stays(values, key, language):
    app = open_app("inputs", language)
    assert app.selectbox(key="new_outcome:stakeholder").value is None
    add(app, "new_outcome", language, **{"stakeholder": "towns", **values})
    assert not app.exception
    assert scenario_of(app) == CASE
    assert any(words_in(language)(key) in one for one in refusals(app))
    for name in ("label", "quantity", "value"):
        assert app.text_input(key=f"new_outcome:{name}").value == values.get(name, "")


def test_a_cost_of_someone_new_in_hours_given():
    app = open_app("inputs", "fr", perspective="society")
    add(
        app,
        "new_cost",
        "fr",
        label="Heures de bénévoles",
        stakeholder="other",
        other="Bénévoles",
        hours="2 000",
        price="10,5",
    )
    assert not app.exception
    cost = scenario_of(app).costs[-1]
    assert (cost.stakeholder, cost.kind, cost.value, cost.price.value) == (
        "benevoles",
        "in_kind",
        2_000,
        10.5,
    )
    type_in(app, "heures_de_benevoles.price", "12")
    assert scenario_of(app).costs[-1].price.value == 12


@languages
def test_an_outcome_is_renamed_given_to_another_copied_moved_and_taken_away(language):
    app = open_app("inputs", language)
    app.text_input(key="outcome:quiet_nights:name").set_value("Nuits").run()
    app.selectbox(key="outcome:quiet_nights:stakeholder").set_value("towns").run()
    outcome = {one.id: one for one in scenario_of(app).outcomes}["quiet_nights"]
    assert (outcome.label.fr, outcome.label.en, outcome.stakeholder) == ("Nuits", "Nuits", "towns")
    click(app, "duplicate:quiet_nights")
    click(app, "up:quiet_nights_2")
    click(app, "remove:quiet_nights")
    ids = [one.id for one in scenario_of(app).outcomes]
    assert ids[3] == "quiet_nights_2"
    assert "quiet_nights" not in ids
    press(app, words_in(language)("inputs.reset_all"))
    assert scenario_of(app) == CASE


def test_what_the_funding_case_rests_on_cannot_be_taken_away():
    app = open_app("inputs", "fr")
    keys = {one.key for one in app.button}
    assert "remove:towns_payment" in keys
    assert "remove:state_aid" not in keys
    click(app, "remove:towns_payment")
    assert [one.id for one in scenario_of(app).costs] == ["state_aid", "sncf_payment"]


def test_undoing_is_offered_where_there_is_something_to_undo():
    app = open_app("inputs", "fr")
    t = words_in("fr")
    state = {one.label: one.disabled for one in app.button}
    assert state[t("editing.undo")]
    assert state[t("editing.redo")]
    type_in(app, "quiet_nights.people", "1 200")
    state = {one.label: one.disabled for one in app.button}
    assert not state[t("editing.undo")]
    press(app, t("editing.undo"))
    assert scenario_of(app) == CASE


def unfolded(language, **query):
    app = open_app("inputs", language, **query)
    app.session_state["deductions_quiet_nights"] = True
    return app.run()


@languages
def test_a_share_is_a_question_with_five_answers_and_a_free_one(language):
    app = unfolded(language)
    address = "quiet_nights.deadweight"
    answers = app.button_group(key=f"answer:{address}")
    assert len(answers.options) == 5
    answers.set_value(0.75).run()
    assert scenario_of(app).value_at(address) == 0.75
    type_in(app, address, "30 %")
    assert scenario_of(app).value_at(address) == 0.3
    assert app.button_group(key=f"answer:{address}").value is None


@languages
def test_what_is_asked_of_attribution_follows_what_it_means(language):
    t, key = words_in(language), "answer:quiet_nights.attribution"
    label = unfolded(language).button_group(key=key).label
    credited = unfolded(language, attribution_means="credited").button_group(key=key).label
    assert (label, credited) == (t("question.attribution"), t("question.credited"))


def as_table(language, **query):
    app = open_app("inputs", language, **query)
    return app.button_group(key="outcomes_view").set_value("table").run()


@languages
def test_the_table_shows_every_outcome_with_its_numbers(language):
    app = as_table(language, **{"quiet_nights.deadweight": "0.3"})
    assert not app.exception
    (table,) = components(app, "value_table")
    rows = {row["name"]: row for row in table["rows"]}
    t = words_in(language)
    assert list(rows) == [t.of(one.label) for one in CASE.outcomes]
    nights = rows[t.of(CASE.outcomes[3].label)]
    written = [cell["text"] for cell in nights["cells"]]
    assert written[:3] == [t.number(1_000), t.number(788), t.figure(0.3, "share")]
    assert [cell["address"] for cell in nights["cells"]][:2] == [
        "quiet_nights.people",
        "quiet_nights.saving_per_person",
    ]
    # 394 staff × 0.104 jobs: two quantities are not one cell to type in
    jobs = rows[t.of(CASE.outcomes[5].label)]["cells"][0]
    assert (jobs["address"], jobs["text"]) == ("", t.number(41))


@languages
def test_what_a_cell_refuses_is_said_in_its_row(language):
    app = open_app("inputs", language)
    app.text_input(key="field:quiet_nights.people").set_value("abc").run()
    app.button_group(key="outcomes_view").set_value("table").run()
    (table,) = components(app, "value_table")
    refusals = {row["name"]: row["refusal"] for row in table["rows"]}
    nights = words_in(language).of(CASE.outcomes[3].label)
    assert "abc" in refusals.pop(nights)
    assert not any(refusals.values())


def test_a_reader_sent_to_a_number_comes_to_its_field():
    app = open_app("inputs", "fr")
    app.session_state.looked_at = "quiet_nights.deadweight"
    app.run()
    sent = [one for one in htmls(app) if "data-scroll-to" in one]
    places = "field-quiet_nights-deadweight choice-quiet_nights-deadweight outcome_quiet_nights"
    assert len(sent) == 1
    assert f'"{places}"' in sent[0]
    assert app.text_input(key="field:quiet_nights.deadweight")


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"value": "-1"}, "editing.amount_a_year"),
        ({"hours": "-5", "price": "10"}, "editing.hours_a_year"),
        ({"hours": "5", "price": "-10"}, "editing.value_of_an_hour"),
        ({"value": "99999999999999999999"}, "editing.amount_a_year"),
    ],
)
def test_a_cost_that_cannot_be_is_said_and_never_crashes(values, key):
    app = open_app("inputs", "fr")
    add(app, "new_cost", "fr", label="Aide", stakeholder="towns", **values)
    assert not app.exception
    assert scenario_of(app) == CASE
    assert any(words_in("fr")(key) in one for one in refusals(app))


def test_a_value_of_the_library_replaces_a_price_of_the_scenario():
    app, t = open_app("library", "fr"), words_in("fr")
    address = "quiet_nights.saving_per_person"
    value = next(one for one in evidence_library().unit_values if one.unit == "EUR/person/year"
                 and one.value != 788)  # fmt: skip
    app.button(key=f"instead:{value.id}:{address}").click().run()
    go_to(app, "inputs")
    assert typed_at(app, address) == t.figure(value.value, value.unit)
    assert not app.exception


def test_a_cost_is_moved():
    app = open_app("inputs", "fr")
    ids = [one.id for one in load_case("promevil").costs]
    app.button(key=f"up:{ids[-1]}").click().run()
    assert [one.id for one in app.session_state["scenario"].costs] == [*ids[:-2], ids[-1], ids[-2]]


def test_a_value_that_cannot_be_taken_says_why_and_changes_nothing():
    # the price index ends before the prices of this value, and the scenario converts all prices
    late = next(one for one in evidence_library().unit_values
                if one.usable_as == "proxy" and one.year > 2022)  # fmt: skip
    app = open_app("library", "fr", price_year="2020")
    before = scenario_of(app)
    click(app, f"pick:{late.id}")
    assert scenario_of(app) == before
    (said,) = refusals(app)
    assert "indice des prix" in said


@languages
def test_a_published_discount_rate_is_picked_with_its_source(language):
    t = words_in(language)
    app = open_app("inputs", language)
    click(app, "rate:united_kingdom")
    assert typed_at(app, "discount_rate") == t.figure(0.035, "share")
    again = open_app("inputs", None, **app.query_params)
    assert scenario_of(again).settings.discount_rate.source == ("france_strategie_rates",)
    click(app, "reset:discount_rate")
    assert link_of(app) == {}
