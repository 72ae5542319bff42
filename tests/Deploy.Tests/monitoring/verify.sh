#!/usr/bin/env bash
# Lets a real Prometheus scrape the service under load for a minute and asks every query of the dashboard: each must return data.
#   tests/Deploy.Tests/monitoring/verify.sh STORE MODEL PICTURE     needs Debian's prometheus and jq, and a Release build (eng/setup.sh)
# Refusals and failures are provoked too, so that their panels have something to show. Exits 1 and names the queries without data.
set -euo pipefail
[ $# -eq 3 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
files=$root/deploy/helm/inference-service/files
store=$1 model=$2 picture=$3 port=18180 prometheus=18190 seconds=${SECONDS_OF_LOAD:-60}
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2> /dev/null || true; wait 2> /dev/null || true; rm -rf "$scratch"' EXIT

url=http://127.0.0.1:$port
dotnet "$root/src/InferenceApi/bin/Release/net10.0/InferenceApi.dll" --urls "$url" --Serving:Store="$store" --Serving:Preload:0="$model" \
  --Runtime:Provider=cpu > "$scratch/service.log" 2>&1 &
for _ in $(seq 300); do curl -sf "$url/health/ready" > /dev/null && break; sleep 0.2; done

cat > "$scratch/prometheus.yml" <<YAML
global: { scrape_interval: 1s, evaluation_interval: 5s }
rule_files: ["$files/rules.yaml"]
scrape_configs:
  - job_name: inference-service
    static_configs: [{ targets: ["127.0.0.1:$port"], labels: { namespace: default } }]
YAML
prometheus --config.file="$scratch/prometheus.yml" --storage.tsdb.path="$scratch/data" --web.listen-address="127.0.0.1:$prometheus" \
  > "$scratch/prometheus.log" 2>&1 &

echo "Load for $seconds s ..."
end=$((SECONDS + seconds))
client() {
  while [ $SECONDS -lt $end ]; do curl -s -o /dev/null "$@" "$url/v1/models/$model:classify" || true; done
}
for _ in 1 2 3 4; do client --data-binary "@$picture" & clients+=($!); done
client -H 'X-Request-Timeout: 0.001' --data-binary "@$picture" & clients+=($!)
client --data-binary "no picture" & clients+=($!)
wait "${clients[@]}"

empty=0 asked=0
while IFS=$'\t' read -r title query; do
  query=${query//\$__rate_interval/30s} query=${query//\$job/.*} query=${query//\$namespace/.*} query=${query//\$model/.*}
  asked=$((asked + 1))
  series=$(curl -sG "http://127.0.0.1:$prometheus/api/v1/query" --data-urlencode "query=$query" | jq '.data.result | length')
  if [ "${series:-0}" -eq 0 ]; then empty=$((empty + 1)); echo "NO DATA  $title: $query"; fi
done < <(jq -r '[.. | objects | select(has("targets"))] | .[] | .title as $title | .targets[] | [$title, .expr] | @tsv' \
  "$files/dashboard.json")
echo "$((asked - empty)) of $asked queries returned data"
[ "$empty" -eq 0 ]
