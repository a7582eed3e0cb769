"""The suite every store's adapter passes. A test module plugs in a store with one fixture:

class TestPrestaShop(StoreConformance):
    @pytest.fixture
    async def stand(self) -> AsyncIterator[StoreStand]: ...
"""

from tests.adapters.store_conformance_list import OwnList
from tests.adapters.store_conformance_reading import Reading
from tests.adapters.store_conformance_refunds import Refunding
from tests.adapters.store_conformance_stock import Selling
from tests.adapters.store_conformance_troubles import Troubles
from tests.adapters.store_conformance_webhooks import Webhooks
from tests.adapters.store_conformance_writing import Writing


class StoreConformance(Reading, OwnList, Webhooks, Writing, Selling, Refunding, Troubles):
    """What holds for every store."""
