"""How a generated estate is drawn: numbers, facts, landscape and content."""
