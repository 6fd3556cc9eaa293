"""Events, notices and deliveries: from what happened to messages in Slack."""
