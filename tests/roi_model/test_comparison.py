"""The inputs in which scenarios differ."""

from roi_model import evaluate, load_case
from roi_model.comparison import differences, marked_as_assumed
from roi_model.parameters import Provenance
from roi_model.readings import prudent
from tests.roi_model import building

PROMEVIL = load_case("promevil")


def helped(people=100, price=10.0, cost=1_000, **more):
    return building.case(
        outcomes=[building.people_helped("helped", people, price)],
        costs=[building.cost("paid", cost)],
        **more,
    )


def addresses(found):
    return [(one.kind, one.address) for one in found]


class TestDifferences:
    def test_a_scenario_does_not_differ_from_itself(self):
        assert differences(PROMEVIL, PROMEVIL) == ()

    def test_numbers_and_choices_with_what_each_has(self):
        other = PROMEVIL.with_changes({"quiet_nights.people": 400, "lines": "itemised"})
        people, lines = differences(PROMEVIL, other)
        assert (people.kind, people.address) == ("number", "quiet_nights.people")
        assert [one.value for one in people.stated] == [1_000, 400]
        assert [one.provenance for one in people.stated] == [Provenance.ASSUMED, Provenance.YOURS]
        assert {one.unit for one in people.stated} == {"person"}
        assert [one.value for one in lines.stated] == ["all", "itemised"]
        assert [one.provenance for one in lines.stated] == [None, None]

    def test_a_line_that_one_lacks_and_none_of_its_numbers(self):
        more = building.case(
            outcomes=[building.people_helped("helped", 100, 10.0), building.amount("calm", 5)],
            costs=[building.cost("paid", 1_000)],
        )
        (calm,) = differences(helped(), more)
        assert (calm.kind, calm.address) == ("outcome", "calm")
        assert calm.stated[0] is None
        assert calm.stated[1].provenance == Provenance.YOURS

    def test_a_line_of_someone_else_differs_as_a_whole(self):
        one = building.case(outcomes=[building.amount("calm", 5)])
        other = building.case(outcomes=[building.amount("calm", 9, stakeholder=building.TOWN)])
        assert addresses(differences(one, other)) == [("outcome", "calm")]

    def test_what_no_one_stated_follows_from_the_settings_and_is_no_difference(self):
        # Credited, an unstated attribution is 1 and no longer 0.
        other = PROMEVIL.with_changes({"attribution_means": "credited"})
        assert addresses(differences(PROMEVIL, other)) == [("choice", "attribution_means")]

    def test_several_scenarios_at_once(self):
        second = helped(people=200)
        third = helped(price=11.0)
        found = differences(helped(), second, third)
        assert {one.address: [each.value for each in one.stated] for one in found} == {
            "helped.people": [100, 200, 100],
            "helped.price": [10, 10, 11],
        }

    def test_labels_are_no_difference(self):
        renamed = PROMEVIL.model_copy(update={"name": building.case().name})
        assert differences(PROMEVIL, renamed) == ()


def test_what_a_reading_moved_is_assumed_again():
    reading = prudent(PROMEVIL)
    shown = marked_as_assumed(reading, PROMEVIL)
    people = dict(shown.parameters())["quiet_nights.people"]
    assert (people.value, people.provenance) == (0, Provenance.ASSUMED)
    assert dict(reading.parameters())["quiet_nights.people"].provenance == Provenance.YOURS
    assert evaluate(shown).ratio == evaluate(reading).ratio
