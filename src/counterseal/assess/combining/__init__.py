"""What combining holdings adds: coalitions of them, valued on the trials of a campaign."""
