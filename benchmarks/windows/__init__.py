"""Windows of time series: how close, with prompts, with holes, and what they cost."""
