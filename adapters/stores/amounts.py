"""Amounts and rates as the domain writes them: the currency's digits, no noise of zeros behind."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from domain.money import rounded

_HUNDRED = Decimal(100)


def tidy(amount: Decimal, digits: int = 0) -> Decimal:
    """Return the same value with `digits` decimals, or with as many more as it needs: 16.510000 is 16.51."""
    short = rounded(amount, digits)
    return +short if short == amount else amount.normalize()


def derived_rate(net: Decimal, gross: Decimal, known: Iterable[Decimal], digits: int) -> Decimal | None:
    """Return the percentage behind two amounts: one of the known rates where it fits, else the quotient.

    None where the amounts cannot tell.
    """
    if net <= 0:
        return None
    if net == gross:
        return Decimal(0)
    for rate in known:
        if rounded(net * (_HUNDRED + rate) / _HUNDRED, digits) == rounded(gross, digits):
            return tidy(rate)
    return tidy(rounded((gross - net) * _HUNDRED / net, 2))


def to_the_cent(exact: Sequence[Decimal], total: Decimal, digits: int) -> list[Decimal]:
    """Round parts so that they add up to a total that the store rounded by its own way.

    What is off by more than rounding can explain stays off, to be seen.
    """
    coin = Decimal(1).scaleb(-digits)
    parts = [rounded(each, digits) for each in exact]
    missing = (total - sum(parts, Decimal(0))) / coin
    if abs(sum(exact, Decimal(0)) - total) > 2 * coin or missing != int(missing):
        return parts
    step = coin if missing > 0 else -coin
    owed = [place for place, amount in enumerate(exact) if amount]
    owed.sort(key=lambda place: (exact[place] - parts[place]) * step, reverse=True)
    for place in owed[: abs(int(missing))]:
        parts[place] += step
    return parts
