#!/bin/bash
# Runs printed jobs on real schedulers of one machine: SLURM, GNU parallel and Snakemake. Labels 40 small photos in 8 parts, kills one, submits it
# again alone, joins the parts, and compares every output with that of one undisturbed run.
#
#   bash tests/cluster/run.sh            as root, on Debian: what is missing is installed
#   bash tests/cluster/run.sh slurm      that one alone
set -euo pipefail
cd "$(dirname "$0")/../.."

photos=40 shards=8
work=$(mktemp -d)
export XDG_RUNTIME_DIR=$work
trap 'stop_slurm; sleep 1; rm -rf "$work"' EXIT

need() { # COMMAND PACKAGE…
  command -v "$1" >/dev/null || { apt-get -qq update && apt-get -qq install -y --no-install-recommends "${@:2}"; } >/dev/null
}

# One node without systemd, with munge for authentication.
start_slurm() {
  need slurmctld slurm-wlm munge
  mkdir -p /run/munge && chown munge: /run/munge
  [ -f /etc/munge/munge.key ] || mungekey --create --keyfile /etc/munge/munge.key
  chown munge: /etc/munge/munge.key
  pgrep -x munged >/dev/null || runuser -u munge -- /usr/sbin/munged
  cat >"$work/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=1
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
MpiDefault=none
ReturnToService=2
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
  mkdir -p "$work/state" "$work/spool"
  export SLURM_CONF=$work/slurm.conf
  slurmctld && slurmd
  for _ in $(seq 30); do sinfo -h -o %T 2>/dev/null | grep -q idle && return; sleep 1; done
  echo "SLURM did not start:" >&2 && tail -n 5 "$work"/slurm*.log >&2 && exit 1
}

stop_slurm() {
  # Parts of a test that was ended would go on without the daemons.
  [ ! -f "$work/slurmctld.pid" ] || { scancel --user="$(id -un)"; sleep 2; } 2>/dev/null || true
  for daemon in slurmd slurmctld; do
    [ ! -f "$work/$daemon.pid" ] || kill "$(cat "$work/$daemon.pid")" 2>/dev/null || true
  done
}

wait_for_queue() { while squeue -h | grep -q .; do sleep 0.5; done; }

scale() { # SCHEDULER OUT
  deno task --quiet scale "$1" --shards $shards --cpus 1 --memory 1500 --minutes 10 -- label "$work/photos" --out "$2" --quiet
}

# Every output, byte by byte, and what the manifest says of it, times aside.
compare() { # OUT
  diff --recursive "$work/whole/masks" "$1/masks"
  diff --recursive "$work/whole/confidence" "$1/confidence"
  for folder in "$work/whole" "$1"; do
    grep -vE '"(seconds|labelledAt|shard)"' "$folder/manifest.json" | sed "s|$folder|OUT|g" >"$folder.facts"
  done
  diff "$work/whole.facts" "$1.facts"
  [ "$(ls "$1" | grep -c -- '-of-')" -eq 0 ]
}

slurm() {
  start_slurm
  scale slurm "$work/slurm" >"$work/hairline-label.sh"
  cd "$work"
  # The array alone at first, of which one part is killed as soon as it has begun.
  array=$(sbatch --parsable hairline-label.sh)
  until squeue -h -t R -o %K -j "$array" | grep -qx 3; do sleep 0.1; done
  sleep 1
  scancel --signal=KILL --full "${array}_3" || scancel "${array}_3"
  wait_for_queue
  [ ! -f slurm/manifest-3-of-8.json ] || ! grep -q '"crackShare"' slurm/manifest-3-of-8.json ||
    echo "Part 3 had labelled some photos when it was killed."
  # Now SLURM_ARRAY_TASK_COUNT is 1.
  sbatch --array=3 hairline-label.sh >/dev/null
  wait_for_queue
  bash hairline-label.sh merge
  cd - >/dev/null
  compare "$work/slurm"
  # Everything in one go, with the job that depends on the array, into another folder.
  sed "s|$work/slurm|$work/slurm2|g" "$work/hairline-label.sh" >"$work/again.sh"
  (cd "$work" && bash again.sh >/dev/null)
  wait_for_queue
  compare "$work/slurm2"
}

parallel_() {
  need parallel parallel
  scale parallel "$work/parallel" >"$work/parallel.sh"
  bash "$work/parallel.sh" 2>"$work/parallel.log" &
  # The whole job is killed with its parts, and run again.
  until [ -f "$work/parallel/manifest-1-of-8.json" ]; do sleep 0.2; done
  pkill -KILL -f -- "--out $work/parallel" || true
  wait || true
  bash "$work/parallel.sh" 2>>"$work/parallel.log"
  compare "$work/parallel"
}

snakemake_() {
  need snakemake snakemake
  scale snakemake "$work/snakemake" >"$work/Snakefile"
  snakemake --quiet --cores "$(nproc)" --directory "$work" --snakefile "$work/Snakefile" >"$work/snakemake.log" 2>&1 ||
    { tail -n 20 "$work/snakemake.log" >&2; exit 1; }
  compare "$work/snakemake"
}

deno run --quiet --allow-read=. --allow-write="$work" tests/cluster/photos.ts "$work/photos" $photos
deno task --quiet label "$work/photos" --out "$work/whole" --quiet
grep -qE '"crackPixels": [1-9]' "$work/whole/manifest.json" || { echo "No crack was found: outputs would be equal whatever they are." >&2; exit 1; }
for scheduler in "${@:-slurm parallel snakemake}"; do
  for name in $scheduler; do
    case $name in slurm) slurm ;; parallel) parallel_ ;; snakemake) snakemake_ ;; esac
    echo "$name: $photos photos in $shards parts, equal to one run."
  done
done
