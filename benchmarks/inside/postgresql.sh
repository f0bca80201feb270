#!/usr/bin/env bash
# An office on the PostgreSQL of PREGON_DATABASE_URL: one bulletin from it to many readers, then its ledger with few lines
# and with many.
#   postgresql.sh PORT READERS FEW MANY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PREGON_PYTHON:?which Python has Pregón}
"$(dirname "$python")/pregon" demo mazamitla --home "$PREGON_HOME" --prepare >&2
"$python" "$here/rest.py" >&2
"$python" "$here/mail.py" ledger "$1" 1
"$python" "$here/mail.py" size "$1" 1
"$python" "$here/mail.py" ledger "$1" "$2"
for lines in "$3" "$4"; do "$python" "$here/ledger.py" million "$1" "$lines"; done
