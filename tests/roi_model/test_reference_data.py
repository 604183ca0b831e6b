"""Landmarks and mediation in figures: what they say, what is computed, what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from roi_model import evaluate
from roi_model.reference_data import (
    CHANGE,
    POINTS,
    DerivedFigure,
    FigureGroup,
    MediationFigure,
    MediationInFigures,
    PublishedRatios,
    Study,
    discount_rates,
    mediation_in_figures,
    published_ratios,
)
from roi_model.verification import published_calculation, verification

RATIOS, MEDIATION = published_ratios(), mediation_in_figures()
STATED = [(group.id, one) for group in MEDIATION.groups for one in group.stated]


class TestPublishedRatios:
    @pytest.mark.parametrize(
        ("ratio", "place"),
        [
            (math.nan, "undefined"),
            (math.inf, "undefined"),
            (-2.0, "below_mean"),
            (4.99, "below_mean"),
            (5.0, "at_mean"),
            (5.9, "at_mean"),
            (5.904, "at_mean"),  # written 5.90
            (5.91, "above_mean"),
            (37.0, "above_mean"),  # the highest itself is not passed
            (37.01, "above_highest"),
        ],
    )
    def test_a_ratio_has_its_place_to_the_cent(self, ratio, place):
        assert RATIOS.place(ratio) == place

    @given(ratio=st.floats(-1e3, 1e3), more=st.floats(0, 1e3))
    def test_a_higher_ratio_never_stands_lower(self, ratio, more):
        order = ("below_mean", "at_mean", "above_mean", "above_highest")
        assert order.index(RATIOS.place(ratio + more)) >= order.index(RATIOS.place(ratio))

    def test_the_studies_are_those_published(self):
        published = {
            one.figure: RATIOS.figure(one.figure).value for one in RATIOS.studies if one.figure
        }
        assert published == {
            "promevil": 13.4,
            "adie": 2.38,
            "community_meals": 2.0,
            "perry_preschool": 17.07,
            "perry_public": 12.9,
        }
        assert (RATIOS.mean, RATIOS.highest) == ((5.0, 5.9), 37)

    def test_every_ratio_that_is_no_part_of_the_distribution_says_what_it_is_of(self):
        of_reports = {"reports", "mean_from", "mean_to", "highest"}
        assert {one.figure for one in RATIOS.studies} - {None} == {
            one.id for one in RATIOS.figures
        } - of_reports

    @pytest.mark.parametrize(
        "calculation", [one.calculation for one in RATIOS.studies if one.calculation]
    )
    def test_a_calculation_that_is_a_landmark_agrees_with_what_its_publication_prints(
        self, calculation
    ):
        rows = {row.figure: row for row in verification(calculation).rows}
        if "ratio" in rows:
            assert rows["ratio"].agrees
        else:  # 108 002 / 12 356 = 8.74, both printed
            assert rows["present_value_benefits"].agrees
            assert rows["present_value_costs"].agrees
            assert evaluate(published_calculation(calculation).case).ratio == pytest.approx(
                108_002 / 12_356, rel=1e-5
            )

    @pytest.mark.parametrize(
        "changed",
        [
            {"figure": None},
            {"calculation": "timebank_ireland_2023", "year": 2023},
            {"year": 2016},
        ],
    )
    def test_a_study_is_of_one_ratio_with_one_year(self, changed):
        adie = next(one for one in RATIOS.studies if one.figure == "adie")
        with pytest.raises(ValidationError):
            Study.model_validate(adie.model_dump() | changed)

    def test_a_study_of_no_figure_is_refused(self):
        written = RATIOS.model_dump()
        written["studies"][0]["figure"] = "elsewhere"
        with pytest.raises(ValidationError, match="elsewhere"):
            PublishedRatios.model_validate(written)


class TestMediationInFigures:
    def test_what_is_computed_comes_out_as_by_hand(self):
        computed = {one.id: (one.value, one.unit) for _, one in STATED if one.rule}
        by_hand = {
            "posts_filled_share": (4_500 / 6_500, "share"),
            "posts_unfilled": (2_000, "item"),  # 6 500 - 4 500
            "lille_change": (16.1 / 11 - 1, CHANGE),
            "opinions_change": (-542 / 6_026, CHANGE),  # 5 484 - 6 026
            "mobile_share": (2_847 / 5_484, "share"),
            "without_fibre_2018": (4_877, "item"),  # 2 847 + 1 930 + 100
            "media_2017": (6_026, "item"),  # 2 913 + 2 270 + 663 + 180
            "media_2018": (5_484, "item"),  # 4 877 + 607
            "reasons_2018": (5_484, "item"),  # 1 530 + 1 469 + 1 372 + 1 113
            "termination_change": (-135 / 1_665, CHANGE),  # 1 530 - 1 665
            "french_consumers_share": (0.11, "share"),  # 5 500 / 50 000
            "french_traders_share": (0.08, "share"),  # 4 000 / 50 000
            "abroad_points": (0.08, POINTS),  # 33 % - 25 %
        }
        assert computed.keys() == by_hand.keys()
        for name, (value, unit) in by_hand.items():
            assert computed[name] == (pytest.approx(value), unit), name

    def test_media_and_reasons_make_the_totals_that_are_published(self):
        telecom = MEDIATION.group("telecom")
        total = {year: telecom.figure(f"opinions_{year}").value for year in (2017, 2018)}
        assert telecom.figure("media_2017").value == total[2017]
        assert telecom.figure("media_2018").value == total[2018]
        assert telecom.figure("reasons_2018").value == total[2018]
        assert telecom.figure("without_fibre_2018").value < total[2018]

    def test_the_rise_in_lille_fits_the_two_amounts_within_their_rounding(self):
        sector = MEDIATION.group("sector")
        before, after = (sector.figure(f"lille_{when}").value for when in ("before", "after"))
        rise = sector.figure("lille_change_published").value
        # 16.1 / 1.416 = 11.37, which is written 11
        assert round(after / (1 + rise) / 1e6) == before / 1e6

    @pytest.mark.parametrize(("group", "one"), STATED, ids=lambda one: getattr(one, "id", one))
    def test_every_figure_has_its_year_its_sources_and_its_words(self, group, one):
        assert 2000 < one.year < 2100
        assert one.sources
        assert (one.rule is None) == (one.locator is not None)
        for text in filter(None, (one.label, one.locator, one.caveat, one.counted)):
            assert text.fr.strip()
            assert text.en.strip()

    @pytest.mark.parametrize(
        "changed", [{"year": None}, {"unit": "furlong"}, {"counted": None}, {"source": ()}]
    )
    def test_a_figure_without_its_papers_is_refused(self, changed):
        figure = next(one for one in MEDIATION.group("telecom").figures if one.counted)
        with pytest.raises(ValidationError):
            MediationFigure.model_validate(figure.model_dump() | changed)

    @pytest.mark.parametrize(
        ("rule", "by"), [("share", ()), ("change", ()), ("difference", ()), ("sum", ("a",))]
    )
    def test_a_rule_without_its_terms_is_refused(self, rule, by):
        with pytest.raises(ValidationError, match="needs by"):
            DerivedFigure(id="x", label={"fr": "x", "en": "x"}, rule=rule, of=("a",), by=by)

    def test_a_group_refuses_a_figure_twice_and_one_that_does_not_exist(self):
        written = MEDIATION.group("telecom").model_dump()
        twice = written | {"figures": [*written["figures"], written["figures"][0]]}
        with pytest.raises(ValidationError, match="twice"):
            FigureGroup.model_validate(twice)
        without = written | {"figures": written["figures"][1:]}
        FigureGroup.model_validate(without)  # nothing is derived from the first
        without = written | {"figures": written["figures"][4:]}
        with pytest.raises(ValidationError, match="opinions_2017"):
            FigureGroup.model_validate(without)

    def test_a_source_that_nothing_cites_is_refused(self):
        written = MEDIATION.model_dump()
        written["sources"]["more"] = written["sources"]["zdnet"]
        with pytest.raises(ValidationError, match="more"):
            MediationInFigures.model_validate(written)


class TestDiscountRates:
    def test_are_those_that_the_bodies_publish(self):
        assert {one.id: one.value for one in discount_rates().figures} == {
            "france_2021": 0.032,  # 1.2 % + 1 × 2 %
            "france_2005": 0.04,
            "united_kingdom": 0.035,  # 1.5 % + 1 × 2 %
            "united_states_low": 0.03,
            "united_states_high": 0.07,
            "new_zealand_2011": 0.08,
        }

    def test_have_each_a_source_that_can_be_opened_and_cite_all_there_are(self):
        rates = discount_rates()
        assert {key for one in rates.figures for key in one.source} == rates.sources.keys()
        assert all(one.url for one in rates.sources.values())
        assert all(one.provenance == "published" and one.help for one in rates.figures)
