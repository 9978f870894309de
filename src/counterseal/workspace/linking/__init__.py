"""Who is singled out by what, and linked with what: files opened, secrets read, Splink run."""
