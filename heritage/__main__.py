"""`python -m heritage` to the command."""

from heritage.cli import main

if __name__ == "__main__":
    main(prog_name="heritage")
