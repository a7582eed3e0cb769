"""Recorded histories of whole orders, and their replay against the code as it is now."""
