"""A change to its assessments to a verdict: the pure state machine of the gate."""
