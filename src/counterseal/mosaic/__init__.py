"""What combining attributes adds: uniqueness, disclosure, linkage, in tables and in schemas."""
