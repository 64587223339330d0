#!/bin/sh
# Makes the virtual environment $1 from uv.lock. Needs Python 3.11 or newer and nothing else; called by make.
# Set PYTHON to choose the interpreter.
set -eu

venv=$1
log=$venv/set-up.log

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

choose_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    found=$("${PYTHON:-python3}" --version 2>&1) || found="no ${PYTHON:-python3}"
    echo "tpm-bot needs Python 3.11 or newer; this machine has $found." >&2
    echo "Install a newer one, or name it: make setup PYTHON=/path/to/python3.13" >&2
    exit 1
}

# An interpreter that was removed or upgraded leaves an environment that cannot start.
if ! new_enough "$venv/bin/python"; then
    python=$(choose_python)
    echo "Making $venv with $("$python" --version) ..."
    if ! "$python" -m venv --clear "$venv"; then
        echo "On Debian and Ubuntu the module venv is a package of its own: apt install python3-venv" >&2
        rm -rf "$venv"
        exit 1
    fi
fi

uv=$(sed -n 's/.*"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)
echo "Installing what uv.lock names (a minute the first time) ..."
"$venv/bin/python" -m pip install -qq --disable-pip-version-check "$uv"

# uv fetches from the addresses in the lock. Where only a mirror can be reached, pip knows it from its own settings;
# the hashes of the lock hold there too.
if ! UV_PROJECT_ENVIRONMENT=$venv "$venv/bin/uv" sync --frozen --inexact --quiet --system-certs 2>"$log"; then
    echo "uv could not install from the lock's own addresses ($log); asking pip, which follows your pip settings ..."
    "$venv/bin/uv" export --frozen --quiet --no-emit-project --output-file "$venv/requirements.txt" >/dev/null
    "$venv/bin/python" -m pip install -qq --require-hashes --requirement "$venv/requirements.txt"
    "$venv/bin/python" -m pip install -qq --no-deps --editable .
fi
echo "Ready: $venv/bin/tpm-bot"
