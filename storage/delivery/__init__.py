"""Events, notices and deliveries: what happened, whom to tell, and the work of telling."""
