#!/usr/bin/env bash
# An office on the PostgreSQL of PREGON_DATABASE_URL, and one bulletin from it to many readers.
#   postgresql.sh PORT READERS
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PREGON_PYTHON:?which Python has Pregón}
"$(dirname "$python")/pregon" demo mazamitla --home "$PREGON_HOME" --prepare >&2
"$python" "$here/rest.py" >&2
"$python" "$here/mail.py" ledger "$1" 1
"$python" "$here/mail.py" size "$1" 1
"$python" "$here/mail.py" ledger "$1" "$2"
