"""The audit trail, the read log and privacy: records, retention and who may see them."""
