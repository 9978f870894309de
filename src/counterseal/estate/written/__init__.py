"""An estate as it was written: rows, places, references, and what is wrong with them."""
