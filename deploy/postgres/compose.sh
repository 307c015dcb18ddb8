#!/bin/bash
# Run once by the postgres image for a new data folder: the five databases with their roles, as deploy/local makes them.
set -euo pipefail
for service in cases consents partners referrals timeline; do
    prepare=(
        -c "SET samspor.service = '$service'"
        -c "SET samspor.password = '$SAMSPOR_RUNTIME_PASSWORD'"
        -c "SET samspor.owner_password = '$SAMSPOR_OWNER_PASSWORD'"
    )
    run=(psql -v ON_ERROR_STOP=1 -q -U postgres)
    "${run[@]}" "${prepare[@]}" -f /docker-entrypoint-initdb.d/samspor/roles.sql
    "${run[@]}" -c "CREATE DATABASE samspor_$service OWNER samspor_${service}_owner"
    "${run[@]}" -d "samspor_$service" "${prepare[@]}" -f /docker-entrypoint-initdb.d/samspor/database.sql
done
