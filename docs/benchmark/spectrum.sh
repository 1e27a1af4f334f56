#!/bin/bash
# Times imatrix-stats spectrum on matrices of the shape of Llama 3 8B with normal weights: one matrix by itself, all singular
# values and windows, then a whole layer. Prints the wall time, the time that all cores worked, and the most memory that the
# process had in use.
# Usage: docs/benchmark/spectrum.sh [HEAP]
# HEAP: the most that the JVM may use (1g).
# Needs Linux, a JDK 25, GNU time, and 2.5 GB in ${TMPDIR:-/tmp}.
set -e
heap=${1:-1g}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
jdk=$("$home/docs/benchmark/jdk.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export JAVA_TOOL_OPTIONS=-Xmx$heap

# row NAME OPTION...
row() {
  local name=$1
  shift
  command time -f '%e %U %S %M' -o "$work/time" "$tool" spectrum "$work/model.gguf" --no-cache --format csv "$@" \
    >/dev/null 2>"$work/err" || { cat "$work/err" >&2; exit 1; }
  awk -v name="$name" '{ printf "  %-42s %7.1f s wall %7.1f s of cores %6d MiB\n", name, $1, $2 + $3, $4 / 1024 }' \
    "$work/time"
}

"$tool" --version
"$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$work/model.gguf" 1 bf16
echo "one layer as BF16, $heap of heap"
row "4096 x 4096, exact" --method exact --kind attn_q
row "4096 x 4096, windows" --method farms --kind attn_q
row "1024 x 4096, exact" --method exact --kind attn_k
row "14336 x 4096, exact" --method exact --kind ffn_up
row "14336 x 4096, windows" --method farms --kind ffn_up
row "the layer, windows" --method farms --layers 0
