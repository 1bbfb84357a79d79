# The tiny parent of virt-sparsify: lifeline PIDFILE PROGRAM ARGUMENT...
# Its standard input is a pipe that only the worker holds. When that closes, because a cancel was asked for or because
# the worker died, virt-sparsify gets SIGINT, and only virt-sparsify: its qemu must live until it has finished its step.
set -m         # else the child would start with SIGINT ignored
trap : INT TERM HUP
exec 3<&0
pidfile=$1
shift
"$@" </dev/null 3<&- &
child=$!
echo "$child" >"$pidfile"
# Not «wait -n»: it passes over a child that had ended before, and then waits for ever.
{ read -r -u 3 _; kill -INT "$child"; } 2>/dev/null &
watcher=$!
while kill -0 "$child" 2>/dev/null; do
    wait "$child"
done
wait "$child"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
