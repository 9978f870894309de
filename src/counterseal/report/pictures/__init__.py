"""Pictures that stand alone: one SVG file each, without script, in a light and a dark theme."""
