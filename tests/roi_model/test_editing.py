"""A scenario taken apart and put together, and what of it a link must hold."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from roi_model import ScenarioError, evaluate, load_case, units
from roi_model.case_files import scenario_from
from roi_model.editing import (
    Edits,
    believed,
    claims_of,
    disbelieved,
    duplicated,
    edited,
    edits_of,
    free_id,
    identifier,
    moved,
    prices_in,
    quantity_unit_of,
    rebuilt,
    restored,
    with_cost,
    with_discount_rate,
    with_number,
    with_outcome,
    with_price,
    with_stakeholder,
    with_unit_value,
    without,
    without_stakeholder,
)
from roi_model.evidence_library import evidence_library
from roi_model.parameters import Name, Provenance, Source
from roi_model.reference_data import discount_rates
from roi_model.templates import load_template
from roi_model.value_map import Stakeholder
from tests.roi_model.building import TOWN, amount, case, case_data, cost, number, people_helped
from tests.roi_model.strategies import scenarios

CASE = load_case("promevil")
ORDER = tuple(one.id for one in CASE.outcomes)
COSTS = tuple(one.id for one in CASE.costs)


def built(outcome=None, paid=None):
    """Return an outcome and a cost as records."""
    scenario = scenario_from(
        case_data(
            outcomes=[outcome or amount("calm", 300)], costs=[paid or cost("grant", 50, TOWN)]
        )
    )
    return scenario.outcomes[0], scenario.costs[0]


def of_the_case(record, stakeholder="towns"):
    return record.model_copy(update={"stakeholder": stakeholder})


OWN = of_the_case(built(people_helped("calm", 10, 30))[0])
GRANT = of_the_case(built()[1])


class TestEditing:
    def test_an_outcome_is_added_last(self):
        scenario = with_outcome(CASE, OWN)
        assert scenario.outcomes == (*CASE.outcomes, OWN)
        assert evaluate(scenario).present_value_benefits == pytest.approx(20_200_000 + 300)

    def test_an_outcome_takes_the_place_of_its_namesake(self):
        scenario = with_outcome(CASE, OWN.model_copy(update={"id": "quiet_nights"}))
        assert tuple(one.id for one in scenario.outcomes) == ORDER

    def test_an_outcome_that_does_not_fit_is_refused(self):
        with pytest.raises(ScenarioError, match="stakeholder must be one of"):
            with_outcome(CASE, of_the_case(OWN, "nobody"))

    def test_its_sources_come_along(self):
        source = Source(title="A study", publisher="A publisher", url="https://example.org")
        assert with_outcome(CASE, OWN, {"study": source}).sources["study"] == source

    def test_a_copy_stands_right_after_and_counts_again(self):
        scenario = duplicated(CASE, "quiet_nights")
        ids = [one.id for one in scenario.outcomes]
        assert ids[ids.index("quiet_nights") + 1] == "quiet_nights_2"
        assert evaluate(scenario).present_value_benefits == pytest.approx(20_988_000)

    @pytest.mark.parametrize(
        ("places", "position"), [(1, 1), (2, 2), (99, len(ORDER) - 1), (-1, 0), (0, 0)]
    )
    def test_an_outcome_moves_as_far_as_the_list_goes(self, places, position):
        scenario = moved(CASE, ORDER[0], places)
        assert [one.id for one in scenario.outcomes].index(ORDER[0]) == position
        assert sorted(one.id for one in scenario.outcomes) == sorted(ORDER)

    def test_a_cost_moves_too_and_a_link_knows(self):
        ids = [one.id for one in CASE.costs]
        scenario = moved(CASE, ids[-1], -1)
        assert [one.id for one in scenario.costs] == [*ids[:-2], ids[-1], ids[-2]]
        assert edited(CASE, edits_of(CASE, scenario)) == scenario
        assert evaluate(scenario).ratio == evaluate(CASE).ratio

    def test_a_value_of_the_library_takes_the_place_of_a_price(self):
        address = "quiet_nights.saving_per_person"
        library = evidence_library()
        value = next(one for one in library.unit_values if one.unit == "EUR/person/year")
        assert address in prices_in(CASE, value.unit)
        scenario = with_price(CASE, address, value)
        before, after = (dict(one.parameters())[address] for one in (CASE, scenario))
        assert (after.value, after.low, after.high) == (value.value, value.low, value.high)
        assert (after.source, after.provenance) == (value.source, value.factor().provenance)
        assert after.id == before.id
        assert edited(CASE, edits_of(CASE, scenario)) == scenario
        others = {one.outcome for one in evaluate(CASE).by_outcome} - {"quiet_nights"}
        kept = [{row.outcome: row for row in evaluate(one).by_outcome} for one in (CASE, scenario)]
        assert all(kept[0][one].present_value == kept[1][one].present_value for one in others)

    def test_a_value_in_another_unit_takes_no_place(self):
        value = next(one for one in evidence_library().unit_values if one.unit == "EUR/hour")
        for address in ("quiet_nights.saving_per_person", "quiet_nights.nothing", "state_aid"):
            with pytest.raises(ScenarioError, match=address):
                with_price(CASE, address, value)

    def test_what_is_not_there_is_not_moved(self):
        for change in (lambda: moved(CASE, "nothing", 1), lambda: duplicated(CASE, "nothing")):
            with pytest.raises(ScenarioError, match="nothing"):
                change()

    def test_an_outcome_is_taken_away(self):
        assert evaluate(without(CASE, "balance")).present_value_benefits == pytest.approx(
            10_005_000
        )

    def test_a_stakeholder_that_a_line_names_is_not_taken_away(self):
        with pytest.raises(ScenarioError, match="stakeholder must be one of"):
            without_stakeholder(CASE, "sncf")

    def test_the_cost_that_the_funding_case_rests_on_is_not_taken_away(self):
        with pytest.raises(ScenarioError, match="cost must be one of"):
            without(CASE, "state_aid")

    def test_a_point_of_view_goes_with_its_funder(self):
        scenario = CASE.with_changes({"towns_payment": 100, "perspective": "leverage-towns"})
        assert without(scenario, "towns_payment").settings.perspective == "society"
        assert without(scenario, "sncf_payment").settings.perspective == "leverage-towns"

    def test_a_cost_and_a_stakeholder_are_added(self):
        newcomer = Stakeholder(id="region", name=Name(fr="Région", en="Region"), public=True)
        scenario = with_cost(with_stakeholder(CASE, newcomer), of_the_case(GRANT, "region"))
        assert evaluate(scenario, "leverage-region").present_value_costs == 50

    def test_an_outcome_may_share_the_id_of_a_stakeholder_and_go_without_it(self):
        namesake = with_outcome(CASE, OWN.model_copy(update={"id": "towns"}))
        assert without(namesake, "towns").stakeholders == CASE.stakeholders
        assert edited(namesake, edits_of(namesake, CASE)) == CASE

    def test_a_correlation_goes_with_its_line(self):
        bound = number(0.5, between=["calm.amount", "quiet.amount"], unit="1")
        data = case_data(outcomes=[amount("calm", 1), amount("quiet", 1)], costs=[cost("aid", 1)])
        scenario = scenario_from(data | {"correlations": [bound]})
        assert len(scenario.correlations) == 1
        alone = without(scenario, "quiet")
        assert alone.correlations == ()
        assert edited(scenario, edits_of(scenario, alone)) == alone

    def test_a_free_id_is_the_one_wanted_or_the_next(self):
        assert free_id("calm", ["noise"]) == "calm"
        assert free_id("calm", ["calm", "calm_2"]) == "calm_3"


class TestEdits:
    def test_nothing_changed_is_no_edit(self):
        assert edits_of(CASE, CASE) == Edits()
        assert edited(CASE, Edits()) == CASE

    def test_numbers_alone_are_numbers_alone(self):
        changes = {"quiet_nights.people": 1_200.0, "lines": "itemised", "deadweight": 0.25}
        edits = edits_of(CASE, CASE.with_changes(changes))
        assert edits.only_numbers == changes
        assert edits_of(CASE, without(CASE, "balance")).only_numbers is None

    def test_a_number_that_stands_for_those_of_every_outcome_is_one_number(self):
        edits = edits_of(CASE, CASE.with_changes({"funding.elasticity": 0.0}))
        assert edits.only_numbers == {"funding.elasticity": 0.0}

    def test_a_funding_case_added_changed_or_taken_away_is_one(self):
        own = rebuilt(WITHOUT_FUNDING, funding=_funding("towns_payment", 5.0, 0.5))
        for begun, scenario in ((WITHOUT_FUNDING, own), (CASE, own), (CASE, WITHOUT_FUNDING)):
            edits = edits_of(begun, scenario)
            assert edited(begun, edits) == scenario
            assert (edits.funding, edits.removed_funding) == (
                scenario.funding,
                scenario.funding is None,
            )
            assert edits == Edits(funding=edits.funding, removed_funding=edits.removed_funding)

    def test_a_funding_case_paid_by_nothing_there_is_refused(self):
        with pytest.raises(ScenarioError, match="cost must be one of"):
            edited(CASE, Edits(funding=_funding("nothing", 5.0, 0.5)))

    def test_a_cost_may_go_with_the_funding_case_that_rests_on_it(self):
        scenario = without(WITHOUT_FUNDING, "state_aid")
        assert edited(CASE, edits_of(CASE, scenario)) == scenario

    def test_a_point_of_view_of_a_funder_that_was_added(self):
        scenario = with_cost(CASE, GRANT).with_changes({"perspective": "leverage-towns"})
        assert edited(CASE, edits_of(CASE, scenario)) == scenario

    def test_a_number_whose_papers_changed_goes_whole(self):
        outcome = CASE.outcomes[3]
        people, price = outcome.factors
        cheaper = price.model_copy(update={"value": 700.0})  # keeps its source
        scenario = with_outcome(CASE, outcome.model_copy(update={"factors": (people, cheaper)}))
        edits = edits_of(CASE, scenario)
        assert (edits.numbers, [one.id for one in edits.outcomes]) == ({}, ["quiet_nights"])
        assert edited(CASE, edits) == scenario

    def test_edits_that_do_not_fit_are_refused(self):
        with pytest.raises(ScenarioError, match="nowhere"):
            edited(CASE, Edits(numbers={"nowhere": 5}))


operations = st.lists(
    st.one_of(
        st.sampled_from(ORDER).map(lambda one: lambda s: duplicated(s, one)),
        st.tuples(st.sampled_from([*ORDER, *COSTS]), st.integers(-9, 9)).map(
            lambda pair: lambda s: moved(s, *pair)
        ),
        st.sampled_from([*ORDER, "towns_payment", "quiet_nights_2"]).map(
            lambda one: lambda s: without(s, one)
        ),
        st.just(lambda s: with_outcome(s, OWN)),
        st.just(lambda s: with_cost(s, GRANT)),
        st.floats(0, 1e6).map(lambda people: lambda s: _set(s, "quiet_nights.people", people)),
        st.floats(0, 1).map(lambda share: lambda s: _set(s, "balance.deadweight", share)),
        st.sampled_from(["credited", "others"]).map(
            lambda means: lambda s: _set(s, "attribution_means", means)
        ),
        st.just(lambda s: _set(s, "perspective", "leverage-towns")),
        st.just(lambda s: _set(s, "price_year", 2020)),
        st.just(lambda s: rebuilt(s, funding=None)),
        st.tuples(st.sampled_from(COSTS), st.floats(0, 1e6), st.floats(0, 2)).map(
            lambda drawn: lambda s: rebuilt(s, funding=_funding(*drawn))
        ),
        st.floats(0, 1e6).map(lambda posts: lambda s: _set(s, "funding.posts", posts)),
        st.floats(0, 2).map(lambda one: lambda s: _set(s, "funding.elasticity", one)),
        st.sampled_from([0.0, 0.5, 1.0]).map(
            lambda one: lambda s: _set(s, "balance.elasticity", one)
        ),
    ),
    max_size=8,
)


def _funding(paying, posts, elasticity):
    """Return a funding case of one's own, paid by a cost."""
    like = CASE.funding
    return like.model_copy(
        update={
            "cost": paying,
            "posts": like.posts.replaced(posts),
            "elasticity": like.elasticity.replaced(elasticity),
        }
    )


def _set(scenario, address, value):
    return scenario.with_changes({address: value})


WITHOUT_FUNDING = rebuilt(CASE, funding=None)


@settings(deadline=None)
@given(st.sampled_from([CASE, WITHOUT_FUNDING]), operations)
@example(
    WITHOUT_FUNDING,  # the outcome states what the new funding case says for all
    [
        lambda s: rebuilt(s, funding=_funding("state_aid", 5.0, 0.5)),
        lambda s: _set(s, "balance.elasticity", 0.75),
        lambda s: _set(s, "funding.elasticity", 0.75),
    ],
)
def test_edits_of_a_scenario_give_it_back(case, steps):
    scenario = case
    for step in steps:
        try:
            scenario = step(scenario)
        except ScenarioError:
            continue  # it may have been taken away before
    edits = edits_of(case, scenario)
    assert edited(case, edits) == scenario
    assert Edits.model_validate_json(edits.model_dump_json()) == edits


@settings(deadline=None)
@given(scenarios(), scenarios())
def test_edits_lead_from_any_scenario_to_any_other_of_the_same_currency(first, second):
    assert edited(first, edits_of(first, second)).outcomes == second.outcomes


def test_a_case_of_nothing_takes_everything():
    empty = case(costs=[cost("aid", 100)])
    full = with_outcome(empty, built()[0])
    assert edited(empty, edits_of(empty, full)) == full


class TestANumber:
    def test_set_back_to_what_the_case_says_has_its_papers_again(self):
        changed = with_number(CASE, CASE, "quiet_nights.people", 1_200)
        assert changed == CASE.with_changes({"quiet_nights.people": 1_200})
        assert with_number(CASE, changed, "quiet_nights.people", 1_000) == CASE

    @pytest.mark.parametrize(
        ("address", "value"),
        [
            ("state_aid", 5.0),
            ("balance.deadweight", 0.5),
            ("balance.footprint", 0.5),
            ("balance.benefit_period", 2),
            ("deadweight", 0.5),
            ("discount_rate", 0.03),
            ("funding.posts", 10.0),
            ("lines", "itemised"),
            ("perspective", "society"),
        ],
    )
    def test_is_restored_with_its_papers(self, address, value):
        changed = CASE.with_changes({address: value, "sncf_payment": 7.0})
        assert restored(CASE, changed, address) == CASE.with_changes({"sncf_payment": 7.0})

    def test_of_a_line_that_the_case_does_not_have_stays_as_it_is(self):
        scenario = with_outcome(CASE, OWN)
        assert restored(CASE, scenario, "calm.people", "nowhere") == scenario
        assert with_number(CASE, scenario, "calm.people", 11).value_at("calm.people") == 11

    def test_that_is_not_allowed_is_refused(self):
        with pytest.raises(ScenarioError, match="deadweight"):
            with_number(CASE, CASE, "deadweight", 2)


class TestAPublishedDiscountRate:
    RATES = discount_rates()

    @pytest.mark.parametrize("published", RATES.figures, ids=lambda one: one.id)
    def test_comes_with_its_papers_and_survives_a_link(self, published):
        rated = with_discount_rate(CASE, CASE, published)
        rate = rated.settings.discount_rate
        assert (rate.value, rate.provenance) == (published.value, Provenance.PUBLISHED)
        assert (rate.source, rate.locator) == (published.source, published.locator)
        assert set(rate.source) <= rated.sources.keys()
        edits = edits_of(CASE, rated)
        assert edits.numbers == {"discount_rate": published.value}
        assert edited(CASE, edits) == rated

    def test_is_believed_only_as_it_is_published(self):
        rated = with_discount_rate(CASE, CASE, self.RATES.figure("france_2021"))
        edits = edits_of(CASE, rated)
        known = {"claims": claims_of(self.RATES.figures), "sources": self.RATES.sources}
        assert believed(edits, **known) == edits
        lower = edits.discount_rate.model_copy(update={"value": 0.01})
        false = edits.model_copy(
            update={"discount_rate": lower, "numbers": {"discount_rate": 0.01}}
        )
        rate = edited(CASE, believed(false, **known)).settings.discount_rate
        assert (rate.value, rate.provenance, rate.source) == (0.01, Provenance.YOURS, ())
        assert [one for one, _ in disbelieved(false, believed(false, **known))] == ["discount_rate"]

    def test_leaves_no_document_behind_once_another_is_chosen_or_none(self):
        first, second = (self.RATES.figure(one) for one in ("france_2021", "new_zealand_2011"))
        rated = with_discount_rate(CASE, with_discount_rate(CASE, CASE, first), second)
        assert rated.sources.keys() - CASE.sources.keys() == set(second.source)
        assert restored(CASE, rated, "discount_rate") == CASE

    def test_keeps_the_papers_of_a_case_that_states_it(self):
        school = load_template("school_mediation").case
        other = school.with_changes({"discount_rate": 0.05})
        assert with_discount_rate(school, other, self.RATES.figure("france_2021")) == school


class TestWhatAStrangerClaims:
    SOURCES = CASE.sources
    CLAIMS = claims_of(parameter for _, parameter in CASE.parameters())

    def read(self, scenario):
        edits = edits_of(CASE, scenario)
        return edited(CASE, believed(edits, claims=self.CLAIMS, sources=self.SOURCES))

    def with_price(self, **changes):
        outcome = CASE.outcomes[3]
        people, price = outcome.factors
        price = price.model_copy(update=changes)
        return outcome.model_copy(update={"id": "other_nights", "factors": (people, price)})

    def test_is_believed_where_the_data_says_the_same(self):
        scenario = with_outcome(CASE, self.with_price())
        assert self.read(scenario) == scenario

    def test_becomes_ones_own_number_where_it_does_not(self):
        read = self.read(with_outcome(CASE, self.with_price(value=7_880.0)))
        price = read.outcomes[-1].factors[1]
        assert (price.value, price.provenance, price.source) == (7_880, Provenance.YOURS, ())

    def test_of_a_document_that_no_one_knows_is_dropped(self):
        forged = Source(title="Le Parisien", publisher="Le Parisien", url="https://example.org")
        price = self.with_price(source=("forged",))
        read = self.read(with_outcome(CASE, price, {"forged": forged}))
        assert "forged" not in read.sources
        assert read.outcomes[-1].factors[1].provenance == Provenance.YOURS

    def test_of_a_known_document_under_another_address_is_dropped(self):
        known = CASE.sources["parisien_2017"]
        forged = known.model_copy(update={"url": "https://example.org"})
        edits = edits_of(CASE, rebuilt(CASE, sources={**CASE.sources, "parisien_2017": forged}))
        read = believed(edits, claims=self.CLAIMS, sources=self.SOURCES)
        assert edited(CASE, read).sources == CASE.sources

    def test_of_a_cost_is_no_better(self):
        paid = CASE.costs[0].model_copy(update={"id": "more_aid", "value": 1.0})
        read = self.read(with_cost(CASE, paid))
        assert read.costs[-1].provenance == Provenance.YOURS

    def test_of_a_funding_case_is_no_better(self):
        posts = CASE.funding.posts
        for published, is_true in ((posts, True), (posts.model_copy(update={"value": 9.0}), False)):
            funding = CASE.funding.model_copy(
                update={"posts": published, "elasticity": CASE.funding.elasticity.replaced(0.5)}
            )
            edits = Edits(funding=funding)
            read = believed(edits, claims=self.CLAIMS, sources=self.SOURCES)
            assert (read.funding == funding) is is_true
            assert dict(disbelieved(edits, read)) == (
                {} if is_true else {"funding.posts": published}
            )
            assert read.funding.posts.value == published.value

    def test_that_was_not_believed_is_named(self):
        price = self.with_price(value=7_880.0)
        edits = edits_of(CASE, with_outcome(CASE, price))
        read = believed(edits, claims=self.CLAIMS, sources=self.SOURCES)
        (_, claimed) = price.factors
        assert dict(disbelieved(edits, read)) == {"other_nights.saving_per_person": claimed}
        assert dict(disbelieved(read, read)) == {}


class TestAnId:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Nuits plus calmes", "nuits_plus_calmes"),
            ("Élèves : moins d'absences (2023)", "eleves_moins_d_absences_2023"),
            ("12 postes", "line_12_postes"),
            ("日本", "line"),
            ("", "line"),
        ],
    )
    def test_reads_like_its_text(self, text, found):
        assert identifier(text) == found

    @example(text="v", taken=set())  # the name of a part of links
    @given(st.text(max_size=200), st.sets(st.sampled_from(["a", "line", "line_2"])))
    def test_is_one_that_a_case_may_hold(self, text, taken):
        found = identifier(text, taken)
        assert found not in taken
        with_outcome(CASE, OWN.model_copy(update={"id": found}))
        assert Stakeholder(id=found, name=Name(fr="x", en="x")).id == found


class TestAPickedValue:
    @pytest.mark.parametrize(
        ("unit", "counted"),
        [
            ("EUR/person/year", "person"),
            ("EUR/person", "person"),
            ("EUR/hour", "hour/year"),
            ("EUR/item", "item/year"),
            ("EUR/item/year", "item"),
            ("EUR/staff/year", "staff"),
            ("EUR/year", "1"),
        ],
    )
    def test_is_multiplied_by_what_makes_euros(self, unit, counted):
        assert quantity_unit_of(unit) == counted
        made = units.product([unit, counted])
        assert made in (units.product(["EUR/year"]), units.product(["EUR"]))

    @pytest.mark.parametrize(
        "value",
        [one for one in evidence_library().unit_values if one.usable_as != "context"],
        ids=lambda one: one.id,
    )
    def test_becomes_a_line_whose_quantity_is_still_to_fill(self, value):
        called = Name(fr="Combien", en="How many")
        scenario = with_unit_value(CASE, value, called)
        is_cost = value.usable_as == "cost"
        line = scenario.costs[-1] if is_cost else scenario.outcomes[-1]
        assert (line.id, line.stakeholder) == (value.id, value.stakeholder)
        assert set(value.source) <= scenario.sources.keys()
        address = line.id if is_cost else f"{line.id}.quantity"
        assert dict(scenario.parameters())[address].is_to_fill
        filled = evaluate(scenario.with_changes({address: 10}), "society")
        before = evaluate(scenario, "society")
        ten = 10 * value.value
        if is_cost:
            added = filled.present_value_costs - before.present_value_costs
        else:
            added = filled.present_value_benefits - before.present_value_benefits
        assert added == pytest.approx(ten)

    def test_may_be_picked_twice(self):
        value = evidence_library().unit_value("fire_service_callout")
        called = Name(fr="Combien", en="How many")
        twice = with_unit_value(with_unit_value(CASE, value, called), value, called)
        assert [one.id for one in twice.outcomes[-2:]] == [value.id, f"{value.id}_2"]
