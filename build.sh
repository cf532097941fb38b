#!/usr/bin/env bash
# Builds the service on Render: dependencies, static files, SQL tables, and indexes where MongoDB is set.
set -o errexit -o nounset -o pipefail

pip install --requirement requirements.txt
python manage.py collectstatic --no-input
python manage.py migrate --no-input

if [[ -n "${MONGODB_URI:-}" ]]; then
    # Pages work without an index, only more slowly, so a drift does not keep a release back.
    python manage.py ensure_indexes || echo "The release goes on; mend what is said above, then run ensure_indexes."
fi
