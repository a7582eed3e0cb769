"""What an order, a customer and a decision are: models and pure functions, without any I/O."""
