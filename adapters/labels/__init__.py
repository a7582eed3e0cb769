"""Services that print return labels."""
