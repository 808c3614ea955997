"""`python -m deploy.cli`, where the command is not installed."""

from deploy.cli.main import app

if __name__ == "__main__":
    app(prog_name="escm")
