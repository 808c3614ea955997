"""`python -m deploy.cli`, for use without an installed command."""

from deploy.cli.main import app

if __name__ == "__main__":
    app(prog_name="escm")
