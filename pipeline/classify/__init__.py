"""Theme classification: taxonomy and labels, features, training, decisions, evaluation, explanation, the model."""
