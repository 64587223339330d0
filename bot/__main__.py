"""`python -m bot`: the same as the program `tpm-bot`."""

from handlers.cli import main

if __name__ == "__main__":
    main()
