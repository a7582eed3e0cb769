"""The gateway: takes stores' webhooks into the inbox, and serves the decision pages."""
