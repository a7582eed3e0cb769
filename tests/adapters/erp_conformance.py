"""The suite every ERP adapter passes. A test module plugs in an ERP with one fixture:

class TestSapBusinessOne(ErpConformance):
    @pytest.fixture
    async def bench(self) -> AsyncIterator[ErpBench]: ...
"""

from tests.adapters.erp_conformance_baskets import Baskets
from tests.adapters.erp_conformance_connection import Connection
from tests.adapters.erp_conformance_customers import Buyers
from tests.adapters.erp_conformance_documents import Posting
from tests.adapters.erp_conformance_endings import Ending
from tests.adapters.erp_conformance_goods import Goods


class ErpConformance(Posting, Ending, Buyers, Goods, Baskets, Connection):
    """What holds for every ERP."""
