"""Settings of a SAP Business One connection: mistakes are told in a sentence."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.erps.sap_business_one import SapBusinessOne, SapBusinessOneSettings

LEAST = {"base_url": "https://b1.example.com:50000", "company": "SBO", "user": "web", "password": "x"}


def settings(**changes: Any) -> SapBusinessOneSettings:
    """Return the least settings with some changed."""
    return SapBusinessOneSettings.model_validate({**LEAST, **changes})


def test_least_settings_are_enough() -> None:
    made = settings()

    assert made.sessions == 3
    assert made.timeout == timedelta(seconds=60)
    assert made.order_column == "U_WebOrderId"
    assert made.key_entity == "U_WEBORDKEYS"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": "b1.example.com"}, "with its scheme"),
        ({"base_url": "https://b1.example.com:50000/b1s/v2/"}, "without a path"),
        ({"tax_codes": {"20 %": "A1"}}, "as a number of percent"),
        ({"tax_codes": {"20": "A1", "20.0": "A2"}}, "named twice"),
        ({"tax_codes": {"20": ""}}, "has no code"),
        ({"currencies": {"usd": "$"}}, "three capital letters"),
        ({"currencies": {"USD": "$", "CAD": "$"}}, "same code"),
        ({"customer_prefix": "toolong"}, "pattern"),
        ({"sessions": 0}, "greater than or equal"),
        ({"tax_field": "Vat"}, "VatGroup"),
        ({"typo": 1}, "not permitted"),
    ],
)
def test_mistake_is_told(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**changes)


def test_address_may_end_in_a_slash() -> None:
    assert settings(base_url="https://b1.example.com:50000/").base_url == LEAST["base_url"]


def test_password_is_not_shown() -> None:
    assert "hunter2" not in repr(settings(password="hunter2"))


def test_each_setting_says_what_it_is_for() -> None:
    silent = [
        name
        for name, field in SapBusinessOneSettings.model_fields.items()
        if not field.description and not name.endswith("_field") and name not in ("company", "user")
    ]

    assert silent == []


async def test_arithmetic_and_patience_follow_the_settings() -> None:
    erp = SapBusinessOne("sap", settings(price_digits=4, tax_per_line=False, timeout="30s"))

    assert (erp.arithmetic.price_digits, erp.arithmetic.tax_per_line) == (4, False)
    assert erp.write_timeout == timedelta(seconds=60)
    await erp.close()
