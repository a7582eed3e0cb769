"""When things happen: deterministic, told by the domain what to decide and by activities what is true."""
