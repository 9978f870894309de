"""Standing access: who may what, how many accounts nobody needs, and what would change it."""
