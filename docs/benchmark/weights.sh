#!/bin/bash
# Times imatrix-stats weights on models of the shape of Llama 3 8B, beside `wc -l`, which also has to look at every byte, and
# beside numpy's mean, standard deviation and histogram of the same values, 32 MiB at a time. Prints the wall time, the time that all cores worked,
# and gigabytes per second of the latter, which other work on the machine disturbs less.
# Usage: docs/benchmark/weights.sh [LAYERS [RUNS]]
# LAYERS: 32 are the whole model, 16 GB as BF16 (1: 2.5 GB). RUNS: of each command; the fastest counts (3).
# Needs Linux, a JDK 25, python3 with numpy for its lines, and the space in ${TMPDIR:-/tmp}.
set -e
layers=${1:-1}
runs=${2:-3}
home=$(cd "$(dirname "$0")/../.." && pwd)
tool=$home/imatrix-stats
jdk=$("$home/docs/benchmark/jdk.sh")
work=$(mktemp -d "${TMPDIR:-/tmp}/imatrix-benchmark-XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset JAVA_TOOL_OPTIONS

# row NAME COMMAND...: the fastest of several runs.
row() {
  local name=$1 best
  shift
  best=$(for ((i = 0; i < runs; i++)); do
    TIMEFORMAT='%R %U %S'
    { time "$@" >/dev/null 2>&1; } 2>&1
  done | awk '{ print $2 + $3, $1 }' | sort -n | head -n 1)
  awk -v name="$name" -v bytes="$bytes" '{ printf "  %-34s %7.2f s wall %7.2f s of cores %6.2f GB/s per core\n", name, $2, $1, bytes / 1e9 / $1 }' \
    <<<"$best"
}

cat >"$work/measure.py" <<'PYTHON'
import sys
import numpy as np
path, kind = sys.argv[1:]
with open(path, "rb") as file:
    while len(block := file.read(1 << 25)) > 3:
        block = block[:len(block) // 4 * 4]
        if kind == "f32":
            x = np.frombuffer(block, "<f4")
        elif kind == "f16":
            x = np.frombuffer(block, "<f2").astype(np.float32)
        else:
            x = (np.frombuffer(block, "<u2").astype(np.uint32) << 16).view(np.float32)
        x.mean(dtype=np.float64), x.std(dtype=np.float64), np.histogram(x, 16, (-0.2, 0.2))
PYTHON

"$tool" --version
for kind in bf16 f16 f32; do
  model=$work/model.gguf
  "$jdk/bin/java" "$home/docs/benchmark/LargeModel.java" "$model" "$layers" "$kind"
  bytes=$(stat -c %s "$model")
  echo "$kind, $layers layers ($bytes bytes)"
  row "wc -l" wc -l "$model"
  if python3 -c 'import numpy' 2>/dev/null; then
    row "numpy: mean, std, histogram" env OMP_NUM_THREADS=1 python3 "$work/measure.py" "$model" "$kind"
  fi
  row "weights --no-clusters --threads 1" "$tool" weights "$model" --no-clusters --threads 1
  row "weights --no-clusters" "$tool" weights "$model" --no-clusters
  row "weights" "$tool" weights "$model"
done
