"""What the flow asks of the outside world: Protocols, and the values that cross them."""
