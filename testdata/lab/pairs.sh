#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pairs.sh - build the lab and capture pairs of runs
#
#     pairs.sh [-l] [OUT [PAIR...]]       -l lists the pairs
#
# Writes OUT/PAIR/{baseline,current} (default: testdata/runs beside the lab) and a
# line a side in OUT/conditions.csv. A side is three fresh processes - peer, service,
# load - on ports the system chose; the sides of a pair differ by the flags in the
# table below and by the seed of the load, in nothing else. Every process ends by
# itself after LIFE seconds and is reaped by pid before that.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
home=${LAB_HOME:-$here/build}   # the profiles name the binary by this path
rate=${RATE:-700} warm=${WARM:-6} collect=${COLLECT:-28} every=${EVERY:-7}
memory=${TMPDIR:-/tmp}         # where the database file goes
[ ! -w /dev/shm ] || memory=/dev/shm
life=$((warm + collect + 60))
load_seconds=$((collect + 4))
nice=${NICE:-0}                 # on a shared machine below 0: the lab goes first (needs root; run it under setsid)

# pair | flags of the service | flags of the peer | environment of the service (of current; baseline has none)
pairs='
memory_leak          | -set audit.keep=0                              |                                              |
goroutine_bloat      | -set quote.room=0                              |                                              |
lock_contention      | -set stock.shards=1                            |                                              |
cpu_hot_path         | -set pricing.groups=1                          |                                              |
blocking_io          |                                                | -set quote.late=400 -set quote.late_by=250ms |
aa-1                 |                                                |                                              |
aa-2                 |                                                |                                              |
aa-3                 |                                                |                                              |
channel_backpressure | -set mail.workers=3 -set mail.depth=16         |                                              |
pool_exhaustion      | -set db.conns=1                                |                                              |
connection_churn     | -set peer.idle=-1                              |                                              |
gc_tuning            |                                                |                                              | GOGC=15
alloc_churn          | -set render.spare=0                            |                                              |
profiler_overhead    | -set profile.block=1 -set profile.mutex=1 -set profile.heap=4096 |                                             |
'
first='memory_leak goroutine_bloat lock_contention cpu_hot_path blocking_io aa-1 aa-2 aa-3'

if [ "${1:-}" = -l ]; then
	printf '%s' "$pairs" | sed '/^$/d'
	exit 0
fi
out=${1:-$here/../runs}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || read -ra first <<<"$first"
[ $# -gt 0 ] || set -- "${first[@]}"

mkdir -p "$home" "$out"
out=$(cd "$out" && pwd)
(cd "$here" && go build -trimpath -buildvcs=false -o "$home/" ./cmd/... ./capture)
revision=$(sha256sum "$home/orders" | cut -c1-12)
[ -f "$out/conditions.csv" ] ||
	echo 'pair,side,started,seed,rate,loadavg_before,loadavg_after,busy_percent,steal_percent,service_cpu_s,load' >"$out/conditions.csv"

# Linux weighs sessions, not processes, against each other where autogroups are on
[ "$nice" = 0 ] || renice -n "$nice" -p $$ >/dev/null
[ "$nice" = 0 ] || [ ! -e /proc/self/autogroup ] || echo "$nice" >/proc/self/autogroup

children=() scratch=
reap() {	# the youngest first: load, service, peer
	local pid i
	for ((i = ${#children[@]} - 1; i >= 0; i--)); do
		pid=${children[i]}
		kill "$pid" 2>/dev/null || true
		for _ in $(seq 20); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.25
		done
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	children=()
	[ -z "$scratch" ] || rm -rf "$scratch"
	scratch=
}
trap reap EXIT
trap 'exit 130' INT TERM

# address FILE WORD: the address a process printed after WORD, when it has
address() {
	local got
	for _ in $(seq 50); do
		got=$(awk -v w="$2" '$1 == w { print $2 }' "$1" 2>/dev/null || true)
		[ -n "$got" ] && { echo "$got"; return; }
		sleep 0.1
	done
	echo "pairs.sh: no $2 address in $1" >&2
	return 1
}

ticks() { awk '/^cpu / { print $5 + $6, $9, $2 + $3 + $4 + $5 + $6 + $7 + $8 + $9 }' /proc/stat; }
cpu_of() { awk '{ print ($14 + $15) / 100 }' "/proc/$1/stat"; }

# smaller DIR: Go compresses profiles for speed; the same bytes packed better
smaller() {
	local f
	for f in "$1"/*.pprof "$1"/*.gz; do
		gzip -dc <"$f" | gzip -9n >"$scratch/packed"
		cat "$scratch/packed" >"$f"
	done
}

# side PAIR SIDE SEED SERVICE-FLAGS PEER-FLAGS ENVIRONMENT
side() {
	local dir=$out/$1/$2 seed=$3 peer service serve admin load began before used line t0 t1
	rm -rf "$dir"
	mkdir -p "$dir"
	scratch=$(mktemp -d -p "$memory")
	export GOMAXPROCS=2
	# shellcheck disable=SC2086 # flags are words
	"$home/orders" -mode peer -life "${life}s" $5 >"$scratch/peer" 2>"$scratch/peer.log" &
	children+=($!)
	peer=$(address "$scratch/peer" peer)
	# shellcheck disable=SC2086 # flags are words
	env $6 "$home/orders" -mode serve -life "${life}s" -peer "http://$peer" -db "$scratch/orders.db" $4 \
		>"$scratch/serve" 2>"$scratch/serve.log" &
	service=$!
	children+=("$service")
	serve=$(address "$scratch/serve" serve)
	admin=$(address "$scratch/serve" admin)
	began=$(date -u +%FT%TZ)
	before=$(cut -d' ' -f1 /proc/loadavg)
	"$home/load" -target "http://$serve" -rate "$rate" -duration "${warm}s" -seed "$((seed + 500))" >"$scratch/warm"
	t0=$(ticks) used=$(cpu_of "$service")
	"$home/load" -target "http://$serve" -rate "$rate" -duration "${load_seconds}s" -seed "$seed" \
		-out "$scratch/load.csv" >"$scratch/load" &
	load=$!
	children+=("$load")
	sleep 1
	"$home/capture" -url "http://$admin" -duration "${collect}s" -every "${every}s" -out "$dir" -gzip \
		-name orders -revision "$revision" -label service=orders -label instance=orders-1 -load "$scratch/load.csv"
	wait "$load"
	unset 'children[2]'
	t1=$(ticks)
	smaller "$dir"
	line=$(cat "$scratch/load")
	printf '%s %s %s %s\n' "$t0" "$t1" "$used" "$(cpu_of "$service")" | awk -v head="$1,$2,$began,$seed,$rate,$before" \
		-v after="$(cut -d' ' -f1 /proc/loadavg)" -v line="$line" '{
			all = $6 - $3
			printf "%s,%s,%.1f,%.1f,%.1f,%s\n", head, after, 100 - 100 * ($4 - $1) / all, 100 * ($5 - $2) / all, $8 - $7, line
		}' | tee -a "$out/conditions.csv"
	reap
}

seed=$((RANDOM % 1000 * 1000))
for pair in "$@"; do
	row=$(printf '%s' "$pairs" | awk -F'|' -v p="$pair" '{ n = $1; gsub(/ /, "", n) } n == p')
	[ -n "$row" ] || { echo "pairs.sh: no pair named $pair, see -l" >&2; exit 2; }
	IFS='|' read -r _ service peer environment <<<"$row"
	sed -i "/^$pair,/d" "$out/conditions.csv"
	seed=$((seed + 1))
	side "$pair" baseline "$seed" "" "" ""
	seed=$((seed + 1))
	side "$pair" current "$seed" "$service" "$peer" "$environment"
done
