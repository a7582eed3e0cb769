"""Approvals: who must agree to an order, who is asked when, and what makes a decision count."""
