#!/bin/bash
# Times imatrix-stats recipe on a model of the shape of Llama 3 8B, with an importance matrix: once with an empty cache, when
# errors are measured on sampled rows, and then from the cache. The time of cores counts; other work on the machine disturbs
# it less than the clock. Beside it, as a measure of how busy the machine is: --version.
# Usage: docs/benchmark/recipe.sh [LAYERS [BPW [RUNS]]]
# LAYERS: 32 are the whole model, 16 GB as BF16 (32). BPW: the target (4.5). RUNS from the cache (5).
# Needs Linux, a JDK 25, and the space in ${TMPDIR:-/tmp}.
set -e
layers=${1:-32}
bpw=${2:-4.5}
runs=${3:-5}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
jdk=$("$home/docs/benchmark/jdk.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export XDG_CACHE_HOME=$work/cache
"$tool" --version
"$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$work/model.gguf" "$layers" bf16
"$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$work/imatrix.dat" "$layers" imatrix
cat "$work/model.gguf" >/dev/null
TIMEFORMAT='%R s by the clock, %U + %S s of cores'
echo "$layers layers, $bpw bpw"
echo "empty cache:"
time "$tool" recipe "$work/imatrix.dat" --model "$work/model.gguf" --target-bpw "$bpw" -o "$work/recipe.txt" >"$work/said"
head -4 "$work/said"
echo "from the cache:"
for ((i = 0; i < runs; i++)); do
  time "$tool" recipe "$work/imatrix.dat" --model "$work/model.gguf" --target-bpw "$bpw" -o "$work/recipe.txt" >/dev/null
done
echo "--version:"
time "$tool" --version >/dev/null
