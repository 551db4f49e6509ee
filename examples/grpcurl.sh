#!/usr/bin/env bash
# The same over gRPC with grpcurl, which learns the API from the server (reflection).
# Install it with: go install github.com/fullstorydev/grpcurl/cmd/grpcurl@latest
set -euo pipefail
address="127.0.0.1:${PERSONAKIT_PORT:-8000}"
person="${PERSONAKIT_PERSON:-grpcurl}"
call() { grpcurl -plaintext ${PERSONAKIT_TOKEN:+-H "authorization: Bearer $PERSONAKIT_TOKEN"} "$@"; }

call "$address" list
call "$address" describe personakit.ingest.v1.WorkSession
call -d "{\"observation\": {\"person_id\": \"$person\", \"time_zone\": \"Europe/Berlin\",
  \"source\": \"grpcurl.sh\", \"source_id\": \"1\",
  \"work_session\": {\"start_time\": \"2026-11-17T08:00:00Z\", \"duration_minutes\": 50, \"productivity_score\": 4}}}" \
  "$address" personakit.ingest.v1.IngestService/RecordObservation
call -d "{\"person_id\": \"$person\"}" "$address" personakit.profiler.v1.ProfilerService/WaitProcessed
call -d "{\"person_id\": \"$person\", \"at\": \"2026-11-24T08:30:00Z\"}" "$address" personakit.persona.v1.PersonaService/Suggest
