"""What ``counterseal consequence`` prints, section by section."""
