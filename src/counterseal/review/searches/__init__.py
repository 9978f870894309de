"""What is tried on the first part of the draws: alternatives, conditions, falsehoods."""
