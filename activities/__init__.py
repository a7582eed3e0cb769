"""What a step does: where a workflow meets an adapter or a record. Each activity is safe to run twice."""
