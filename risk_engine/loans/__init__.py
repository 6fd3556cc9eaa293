"""Each loan's exposure, loss given default, stage and expected loss."""
