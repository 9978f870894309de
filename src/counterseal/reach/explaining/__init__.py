"""Why a target is reached, and what would stop it: read off the trials of one base run."""
