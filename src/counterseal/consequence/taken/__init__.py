"""What an estate yields if it were taken today: no reach, no draw, ranges end by end."""
