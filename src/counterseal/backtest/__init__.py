"""Breach cases embedded in generated estates: the rank of the path really used, with chance."""
