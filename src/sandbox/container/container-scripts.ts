/**
 * Shell texts that run inside containers. They need `sh`, `tr` and `grep` only, and recognise the processes of one
 * command by the variable they inherited; one that clears its environment stays until the container goes.
 */
import { MARKER_NAME } from '../host-runner.ts';

/** Succeeds when process directory `$d` belongs to command `$m`. */
const IS_MARKED = `tr '\\0' '\\n' 2>/dev/null <"$d/environ" | grep -qx "${MARKER_NAME}=$m"`;

/**
 * Runs `$1` and, when it has ended, kills what it left behind; `$2` is the marker. bash when the image has it. Only
 * processes that exist when the list is made are looked at, so those of the search itself are not among them.
 */
export const RUN_SCRIPT = `m=$2
if command -v bash >/dev/null 2>&1; then bash -c "$1"; else sh -c "$1"; fi
code=$?
for round in 1 2 3; do
  left=
  for d in /proc/[0-9]*; do
    p=\${d#/proc/}
    [ "$p" = "$$" ] && continue
    if ${IS_MARKED}; then kill -9 "$p" 2>/dev/null && left=1; fi
  done
  [ -z "$left" ] && break
done
exit $code`;

/** Sends TERM to the processes of command `$1`, and KILL to those that are left after `$2` seconds. */
export const STOP_SCRIPT = `m=$1
for s in TERM KILL; do
  waited=0
  while :; do
    left=
    for d in /proc/[0-9]*; do
      p=\${d#/proc/}
      if ${IS_MARKED}; then
        if [ "$s" = KILL ] || [ "$waited" = 0 ]; then kill -$s "$p" 2>/dev/null; fi
        left=1
      fi
    done
    [ -z "$left" ] && exit 0
    [ "$s" = TERM ] && [ "$waited" -ge "$2" ] && break
    [ "$s" = KILL ] && [ "$waited" -ge 3 ] && exit 1
    sleep 1
    waited=$((waited + 1))
  done
done`;
