"""The command `escm`: one module per group of commands, each with lazy imports."""
