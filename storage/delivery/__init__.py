"""Events, notices and deliveries: from changes to messages in Slack."""
