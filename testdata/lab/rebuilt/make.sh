#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make.sh OUT [GO] - builds the program of this folder from one source in several ways and runs each RUNS times: OUT/VARIANT/run-N/cpu.pprof.
# GO is the go command of another release (for the variant `release`). FOR: CPU time of a run.
set -eu
out=$1 other=${2:-} runs=${RUNS:-4} cpu=${FOR:-6s}
lab=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
src=$scratch/rebuilt
mkdir -p "$out"

fresh() {
	rm -rf "$src"
	cp -r "$lab/rebuilt" "$src"
	cp "$lab/go.mod" "$scratch/go.mod"
}
build() { # VARIANT GO FLAG...
	to=$scratch/bin-$1 go=$2
	shift 2
	(cd "$scratch" && "$go" build "$@" -o "$to" ./rebuilt)
}
edit() { find "$src" -name '*.go' -exec sed -i "$1" {} +; }

fresh; build base go; cp "$scratch/bin-base" "$scratch/bin-again"
mv "$src/pricing" "$src/costing"
edit 's|rebuilt/pricing"|rebuilt/costing"|; s|pricing\.|costing.|g; s|^package pricing|package costing|'
build moved go
fresh; edit 's|\bBest(|Pick(|g; s|\bglob(|match(|g'; build renamed go
# A closure before the others: theirs are func2 and func3 now.
fresh; edit 's|^\tpad := func(w string) string {|\ttrim := func(w string) string { return strings.TrimSpace(w) }\n\tif width < 0 {\n\t\twords = []string{trim(words[0])}\n\t}\n&|'; build closure go
fresh; edit 's|^func mix(|//go:noinline\n&|'; build inlining go
fresh; build noinline go -gcflags=-l
fresh; "$scratch/bin-base" -out "$scratch/profile" -for 8s; cp "$scratch/profile/cpu.pprof" "$scratch/default.pgo"; build pgo go -pgo="$scratch/default.pgo"
variants="base again moved renamed closure inlining noinline pgo"
[ -z "$other" ] || { fresh; build release "$other"; variants="$variants release"; }

k=0
while [ $k -lt "$runs" ]; do
	for v in $variants; do
		"$scratch/bin-$v" -out "$out/$v/run-$k" -for "$cpu" -revision "$(case $v in moved | renamed | closure | inlining) echo "$v" ;; *) echo base ;; esac)"
	done
	for v in type prefix package caller; do
		"$scratch/bin-base" -out "$out/to-$v/run-$k" -for "$cpu" -shift $v -revision "to-$v"
	done
	k=$((k + 1))
done
