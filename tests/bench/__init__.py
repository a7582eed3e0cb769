"""`python -m tests.bench`: how fast an order goes from the store into the ERP, and what it costs.

Our processes are measured beside two floors in the same run, on the same sandboxes and the same Temporal
server: the HTTP calls of a real order, recorded and repeated by one bare asyncio loop; and a bare workflow
with as many activities that do nothing. Arrivals come at a fixed rate whether or not earlier orders are
done, and a latency begins when the gateway answered 2xx (in a floor: when the arrival was due) and ends
when the ERP committed the order.
"""
