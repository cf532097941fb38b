"""Views that people keep: each name once for a person and a page, and nobody's but one's own."""

import pytest
from pymongo.database import Database

from mongo.client import Document
from tests.meanwhile import after
from users import saved
from users.saved import SavedView, TooManyViews, ViewExists, ViewNotFound

pytestmark = pytest.mark.usefixtures("mongo")


def names(user: str = "maya", page: str = "contracts") -> list[str]:
    return [view.name for view in saved.of(user, page)]


def keep(name: str, query: str = "q=a", user: str = "maya", page: str = "contracts") -> SavedView:
    return saved.save(user, page, name, query)


def test_views_are_listed_by_name_whatever_the_case() -> None:
    for name in ("beta", "Alpha", "gamma", "Delta"):
        keep(name)
    assert names() == ["Alpha", "beta", "Delta", "gamma"]


def test_each_person_and_each_page_has_its_own() -> None:
    keep("mine")
    keep("mine", user="tom")
    keep("mine", page="transactions")
    assert names() == names("tom") == names(page="transactions") == ["mine"]


def test_a_name_is_not_taken_over_silently() -> None:
    view = keep("late", "q=a")
    with pytest.raises(ViewExists, match="late"):
        keep("late", "q=b")
    assert saved.of("maya", "contracts") == [view]


def test_a_name_in_other_letters_is_the_same_name() -> None:
    view = keep("My USD", "q=a")
    with pytest.raises(ViewExists, match="My USD"):
        keep("my usd", "q=b")
    assert keep("my usd", "q=a") == view
    assert saved.save("maya", "contracts", "MY USD", "q=b", replace=True).name == "My USD"


def test_a_view_is_not_renamed_to_another_ones_name_in_other_letters() -> None:
    keep("My USD")
    view = keep("late")
    with pytest.raises(ViewExists, match="My USD"):
        saved.rename("maya", "contracts", view.view_id, "my usd")
    saved.rename("maya", "contracts", view.view_id, "Late")
    assert names() == ["Late", "My USD"]


def test_a_view_is_not_put_back_beside_one_of_its_name_in_other_letters() -> None:
    view = saved.remove("maya", "contracts", keep("My USD").view_id)
    keep("my usd")
    with pytest.raises(ViewExists, match="my usd"):
        saved.put_back("maya", "contracts", view)


def test_what_a_view_is_called_is_found_by_what_it_asks_for() -> None:
    keep("late", "q=b")
    assert [saved.name_of(user, "contracts", "q=b") for user in ("maya", "tom")] == ["late", ""]


def test_it_is_replaced_where_that_is_asked_for() -> None:
    view = keep("late", "q=a")
    assert saved.save("maya", "contracts", "late", "q=b", replace=True) == SavedView(view.view_id, "late", "q=b")
    assert [found.query for found in saved.of("maya", "contracts")] == ["q=b"]


def test_one_that_is_deleted_while_it_is_replaced_is_there_afterwards() -> None:
    view = keep("late", "q=a")
    with after("find", "saved_views", lambda: saved.remove("maya", "contracts", view.view_id)):
        saved.save("maya", "contracts", "late", "q=b", replace=True)
    assert [(found.name, found.query) for found in saved.of("maya", "contracts")] == [("late", "q=b")]


def test_the_very_same_saved_twice_is_there_once() -> None:
    assert keep("late") == keep("late")
    assert names() == ["late"]


def test_there_are_no_more_than_fifty() -> None:
    for number in range(saved.MOST_VIEWS):
        keep(f"View {number}")
    with pytest.raises(TooManyViews, match="50"):
        keep("One more")
    keep("One more", user="tom")
    saved.save("maya", "contracts", "View 7", "q=b", replace=True)
    assert len(names()) == 50


def test_a_renamed_view_stays_itself_and_leaves_its_name_to_others() -> None:
    view = keep("before")
    assert saved.rename("maya", "contracts", view.view_id, "after") == SavedView(view.view_id, "after", "q=a")
    keep("before", "q=b")
    assert names() == ["after", "before"]


def test_a_view_may_be_renamed_to_what_it_is_called() -> None:
    view = keep("same")
    saved.rename("maya", "contracts", view.view_id, "same")
    assert saved.get("maya", "contracts", view.view_id) == view


def test_a_name_that_is_taken_stays_where_it_is() -> None:
    view = keep("one")
    keep("two")
    with pytest.raises(ViewExists, match="two"):
        saved.rename("maya", "contracts", view.view_id, "two")
    assert names() == ["one", "two"]


@pytest.mark.parametrize("page", ["contracts", "transactions"])
def test_nobody_reaches_the_views_of_somebody_else(page: str) -> None:
    view = keep("mine")
    user = "tom" if page == "contracts" else "maya"
    for reach in (saved.get, saved.remove, lambda *place: saved.rename(*place, "stolen")):
        with pytest.raises(ViewNotFound):
            reach(user, page, view.view_id)
    assert names() == ["mine"]


def test_what_was_removed_can_be_put_back_more_than_once() -> None:
    view = saved.remove("maya", "contracts", keep("gone").view_id)
    assert names() == []
    for _ in range(2):
        saved.put_back("maya", "contracts", view)
    assert saved.of("maya", "contracts") == [view]


def test_it_is_not_put_back_over_another_of_its_name() -> None:
    view = saved.remove("maya", "contracts", keep("gone").view_id)
    keep("gone", "q=b")
    with pytest.raises(ViewExists):
        saved.put_back("maya", "contracts", view)


def test_what_others_wrote_there_is_read_as_text(mongo: Database[Document]) -> None:
    mongo.saved_views.insert_one({"_id": 7, "user": "maya", "page": "contracts", "name": ["a"]})
    assert saved.of("maya", "contracts") == [SavedView("7", "['a']", "")]
