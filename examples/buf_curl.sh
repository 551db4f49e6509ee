#!/usr/bin/env bash
# The same over gRPC with `buf curl`, which comes with `make test`.
set -euo pipefail
url="http://127.0.0.1:${PERSONAKIT_PORT:-8000}"
person="${PERSONAKIT_PERSON:-buf-curl}"
buf=$(command -v buf || echo "$(dirname "$0")/../.venv/bin/buf")
call() { "$buf" curl --protocol grpc --http2-prior-knowledge ${PERSONAKIT_TOKEN:+-H "authorization: Bearer $PERSONAKIT_TOKEN"} "$@"; }

call --list-methods "$url"
call -d "{\"observation\": {\"person_id\": \"$person\", \"time_zone\": \"Europe/Berlin\",
  \"source\": \"buf_curl.sh\", \"source_id\": \"1\",
  \"work_session\": {\"start_time\": \"2026-11-17T08:00:00Z\", \"duration_minutes\": 50, \"productivity_score\": 4}}}" \
  "$url/personakit.ingest.v1.IngestService/RecordObservation"
call -d "{\"person_id\": \"$person\"}" "$url/personakit.profiler.v1.ProfilerService/WaitProcessed"
call -d "{\"person_id\": \"$person\", \"at\": \"2026-11-24T08:30:00Z\"}" "$url/personakit.persona.v1.PersonaService/Suggest"
