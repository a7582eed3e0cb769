"""What holds for the whole company and is asked once."""

from adapters.erps.sap_business_one.client import Object, ServiceLayer
from domain.errors import UnexpectedAnswer


class Company:
    """The company's own facts."""

    def __init__(self, layer: ServiceLayer) -> None:
        self._layer = layer
        self._local_currency = ""

    async def read(self) -> Object:
        """Read the company's own facts: the lightest call that needs a login."""
        return await self._layer.ask("CompanyService_GetAdminInfo", {})

    async def local_currency(self) -> str:
        """Return the company's own currency, as the company writes it."""
        if not self._local_currency:
            info = await self.read()
            currency = info.get("LocalCurrency")
            if not isinstance(currency, str) or not currency:
                raise UnexpectedAnswer(
                    "the company does not tell its currency", connection=self._layer.connection
                )
            self._local_currency = currency
        return self._local_currency
