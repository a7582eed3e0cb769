"""The demo: the main job before a person's eyes, with its own reckoning at the end."""
