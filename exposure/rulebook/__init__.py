"""rules.toml: the model, its loading, its errors."""
