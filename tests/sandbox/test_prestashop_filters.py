"""Lists: filters, sorting, limits, and what the shop silently does not understand."""

from collections.abc import AsyncIterator

import pytest

from sandbox.prestashop.visit import Visit, error_codes, open_shop

EVERY_COUNTRY = [1, 3, 6, 8, 17, 21]


@pytest.fixture
async def visit() -> AsyncIterator[Visit]:
    async with open_shop() as opened:
        yield opened


async def countries(visit: Visit, written: str, field: str = "id") -> list[int]:
    return await visit.ids("countries", **{f"filter[{field}]": written})


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("[8]", [8]),
        ("8", [8]),
        ("[1|21]", [1, 21]),
        (">[8]", [17, 21]),
        ("<[6]", [1, 3]),
        ("![8]", [1, 3, 6, 17, 21]),
        ("![1|3]", [6, 8, 17, 21]),
    ],
)
async def test_operators_choose_rows(visit: Visit, written: str, ids: list[int]) -> None:
    assert await countries(visit, written) == ids


async def test_comma_is_an_interval_with_both_ends(visit: Visit) -> None:
    assert await countries(visit, "[3,17]") == [3, 6, 8, 17]
    assert await countries(visit, "[17,3]") == [3, 6, 8, 17]


@pytest.mark.parametrize("operator", [">=", "<=", "=", "=>"])
async def test_unknown_operator_is_ignored_and_the_whole_table_comes(visit: Visit, operator: str) -> None:
    assert await countries(visit, f"{operator}[8]") == EVERY_COUNTRY


@pytest.mark.parametrize(
    ("written", "ids"), [("[WINE]%", 3), ("%[75]", 2), ("%[-RED-]%", 1), ("%[red]%", 1), ("[W_NE]%", 3)]
)
async def test_percent_signs_match_parts_of_a_text(visit: Visit, written: str, ids: int) -> None:
    found = await visit.ids("products", **{"filter[reference]": written})

    assert len(found) == ids


async def test_text_is_compared_without_case_and_trailing_blanks(visit: Visit) -> None:
    found = await visit.ids("products", **{"filter[reference]": "[wine-red-75  ]"})

    assert len(found) == 1


async def test_localised_fields_match_in_any_language(visit: Visit) -> None:
    assert await countries(visit, "[France]", "name") == [8]


async def test_date_filter_needs_date_1(visit: Visit) -> None:
    without = await visit.get("customers", **{"filter[date_upd]": ">[2020-01-01 00:00:00]"})
    found = await visit.ids("customers", **{"filter[date_upd]": ">[2020-01-01 00:00:00]", "date": "1"})

    assert (without.status_code, error_codes(without)) == (400, [32])
    assert len(found) == 5


async def test_sorting_by_date_needs_date_1(visit: Visit) -> None:
    without = await visit.get("customers", sort="[date_upd_ASC]")
    found = await visit.ids("customers", sort="[date_upd_ASC,id_DESC]", date="1")

    assert (without.status_code, error_codes(without)) == (400, [38])
    assert found == [105, 104, 103, 102, 101]


async def test_unknown_filter_field_is_refused(visit: Visit) -> None:
    answer = await visit.get("orders", **{"filter[refrence]": "[X]"})

    assert (answer.status_code, error_codes(answer)) == (400, [32])
    assert 'Did you mean: "reference"?' in answer.text


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"filter[id]": ""}, 33),
        ({"filter[shipping_number]": "[1Z]"}, 34),
        ({"filter[id][more]": "[1]"}, 31),
        ({"sort": "[id]"}, 37),
        ({"sort": "[weight_ASC]"}, 38),
        ({"limit": "1,2,3"}, 39),
        ({"schema": "everything"}, 28),
    ],
)
async def test_malformed_lists_are_numbered(visit: Visit, parameters: dict[str, str], code: int) -> None:
    answer = await visit.get("orders", **parameters)

    assert (answer.status_code, error_codes(answer)) == (400, [code])


async def test_sort_and_limit_page_through_a_list(visit: Visit) -> None:
    assert await visit.ids("countries", sort="[id_DESC]", limit="2") == [21, 17]
    assert await visit.ids("countries", sort="[iso_code_ASC]", limit="1,2") == [1, 6]
    assert await visit.ids("countries", limit="4,10") == [17, 21]
    assert await visit.ids("countries", limit="6,10") == []
    assert await visit.ids("countries", limit="many") == []


async def test_filters_add_up(visit: Visit) -> None:
    filters = {"filter[id]": ">[3]", "filter[contains_states]": "[0]"}

    assert await visit.ids("countries", **filters) == [6, 8, 17]


async def test_money_is_compared_as_a_number(visit: Visit) -> None:
    assert len(await visit.ids("products", **{"filter[price]": "[12.5]"})) == 1
    assert len(await visit.ids("products", **{"filter[price]": ">[100]"})) == 2


async def test_key_set_paging_walks_a_table(visit: Visit) -> None:
    seen: list[int] = []
    while page := await visit.ids(
        "stock_availables",
        **{"filter[id]": f">[{seen[-1] if seen else 0}]", "sort": "[id_ASC]", "limit": "5"},
    ):
        seen.extend(page)

    assert seen == [row["id"] for row in visit.shop.rows("stock_availables")]
