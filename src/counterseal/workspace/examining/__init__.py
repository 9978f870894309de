"""Questions that are asked of an estate as it stands, or of one verdict, as documents."""
