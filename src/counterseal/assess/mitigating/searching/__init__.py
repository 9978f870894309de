"""Plans and bounds on anything that measures reduce, trial by trial; no estate is known."""
