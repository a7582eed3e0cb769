"""The reconciler's run: short, started by a Schedule for each store."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.reconcile import Reconciled, Reconciling
    from workflows.policies import LONG


@workflow.defn
class ReconcileStore:
    """Takes in what a store's webhooks lost."""

    @workflow.run
    async def run(self, store: str) -> Reconciled:
        """Read the store's own list on from where the last run ended."""
        return await workflow.execute_activity_method(
            Reconciling.take_in_missed_orders, store, summary=f"Read the list of {store}", **LONG
        )
