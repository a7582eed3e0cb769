"""The key of an ERP document: made of business ids alone, short enough for every ERP, never shared."""

from hypothesis import given
from hypothesis import strategies as st

from domain.policy import DocumentKind
from domain.posting import KEY_LENGTH, posting_key

CONNECTIONS = st.from_regex(r"[a-z][a-z0-9_.-]{0,60}", fullmatch=True)
ORDER_IDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=80)
IDS = st.tuples(CONNECTIONS, ORDER_IDS, st.sampled_from(DocumentKind), st.integers(1, 999))
LONG = "a-shop-with-a-very-long-name-indeed"


def test_a_key_can_be_read_by_a_person() -> None:
    assert posting_key("shop", "1042", DocumentKind.ORDER, 1) == "shop:1042:order:1"
    assert posting_key("shop", "1042", DocumentKind.QUOTATION, 2) == "shop:1042:quotation:2"


def test_a_long_key_is_the_same_in_every_release() -> None:
    key = posting_key(LONG, "0123456789abcdef", DocumentKind.ORDER, 1)

    assert key == "a-shop-with-a-very-long-name-inde~9526214f3bcf8ee4"


@given(IDS)
def test_a_key_fits_into_the_shortest_column(ids: tuple[str, str, DocumentKind, int]) -> None:
    assert 1 <= len(posting_key(*ids)) <= KEY_LENGTH == 50


@given(IDS)
def test_the_same_ids_give_the_same_key_each_time(ids: tuple[str, str, DocumentKind, int]) -> None:
    assert posting_key(*ids) == posting_key(*ids)


@given(first=IDS, second=IDS)
def test_other_ids_give_another_key(
    first: tuple[str, str, DocumentKind, int], second: tuple[str, str, DocumentKind, int]
) -> None:
    assert (posting_key(*first) == posting_key(*second)) is (first == second)


@given(ids=IDS, prefix=st.text("0123456789", min_size=30, max_size=60))
def test_long_ids_that_differ_at_their_end_only_keep_their_own_keys(
    ids: tuple[str, str, DocumentKind, int], prefix: str
) -> None:
    connection, order_id, kind, revision = ids
    near = [
        posting_key(connection, prefix + order_id + end, kind, number)
        for end in ("", "0", "1", ":1")
        for number in (revision, revision + 1)
    ]

    assert len(set(near)) == len(near)


@given(IDS)
def test_a_shortened_key_is_no_other_orders_plain_key(ids: tuple[str, str, DocumentKind, int]) -> None:
    key = posting_key(*ids)
    plain = f"{ids[0]}:{ids[1]}:{ids[2].value}:{ids[3]}"

    if key != plain:
        assert ":" not in key[-16:], "a plain key has its revision there"


@given(st.lists(st.text(":~0a", min_size=1, max_size=40), min_size=2, max_size=2, unique=True))
def test_ids_full_of_separators_keep_their_own_keys(order_ids: list[str]) -> None:
    keys = {
        posting_key("shop", order_id, kind, revision)
        for order_id in order_ids
        for kind in DocumentKind
        for revision in (1, 11)
    }

    assert len(keys) == len(order_ids) * len(DocumentKind) * 2


def test_thousands_of_long_ids_have_thousands_of_keys() -> None:
    keys = {posting_key(LONG, f"{number:040}", DocumentKind.ORDER, 1) for number in range(20_000)}

    assert len(keys) == 20_000
