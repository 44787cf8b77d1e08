"""Images of digits: how close, and the network that judges them."""
