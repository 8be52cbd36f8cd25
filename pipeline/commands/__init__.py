"""The subcommands of `themes`, by what they are about; `pipeline.cli` puts them together."""
