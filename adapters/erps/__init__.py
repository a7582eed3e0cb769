"""ERPs: where orders go."""
