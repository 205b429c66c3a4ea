"""Tasks: estimators over networks, from texts, tokens or series to labels, numbers, sequences."""
