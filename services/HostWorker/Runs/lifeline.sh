# The tiny parent of a program that works on a disk: lifeline PIDFILE GRACE LEASE PROGRAM ARGUMENT...
# Its standard input is a pipe that only the worker holds. Lines: a number says for how many seconds from now the lease
# of the disk holds, «stop» that the program is to end. LEASE is the first such number, of a worker that may be frozen before
# it has said anything; empty when there is no lease. When a stop is asked for, the worker is dead (the pipe closes), or
# it has not renewed the lease in time (it may be frozen), the program gets SIGINT, and only the program: its qemu must
# live until it has finished its step. When the lease has run out and GRACE seconds have passed, all of it is killed.
set -m         # else the child would start with SIGINT ignored
trap : INT TERM HUP
exec 3<&0
pidfile=$1 grace=$2 lease=$3
shift 3
# What it says goes through a reader that outlives the worker: a pipe that nobody reads would kill it in the middle of a step.
# It goes by another name, since it guards nothing.
exec 4> >(exec 3<&-; exec bash -c 'cat >&2; exec cat >/dev/null' reader)

# From the state on, the third field of proc(5). The name before it may hold anything.
stat_of() { # PROCESS
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null
}

# The 22nd field: ids come again.
start_of() { # PROCESS
    local fields
    read -r -a fields <<<"$(stat_of "$1")"
    echo "${fields[19]-}"
}

# Nothing is started that is not noted: what heeds no signal is found by its note, and killed.
become() { # PROGRAM ARGUMENT...
    local self=$BASHPID
    echo "$self $(start_of "$self")" >"$pidfile" || {
        echo "lifeline: nothing was started, since it cannot be noted in $pidfile" >&2
        exit 125
    }
    exec "$@"
}

become "$@" </dev/null 2>&4 3<&- 4>&- &
child=$!
# From here on nothing is said: a complaint that meets nobody would kill the watcher, perhaps between SIGSTOP and SIGKILL.
exec 4>&- 2>/dev/null
start=$(start_of "$child")

# The watcher below outlives this script when that is killed, and must not take another process for the program.
alive() {
    local fields
    read -r -a fields <<<"$(stat_of "$child")"
    [[ ${fields[0]-Z} != Z && ${fields[19]-} == "$start" ]]
}

# Seconds since the machine started: wall clocks jump.
now() {
    read -r up _ </proc/uptime
    echo "${up%.*}"
}

below() { # PROCESS
    local process
    for process in $(cat "/proc/$1/task/"*/children); do
        echo "$process"
        below "$process"
    done
}

fence() { # SECONDS
    local process end=$(($(now) + $1))
    while alive && (($(now) < end)); do sleep 0.5; done
    alive || return
    # The program last: with its end this script ends. Stopped meanwhile, it starts nothing new.
    kill -STOP "$child"
    for process in $(below "$child") "$child"; do kill -KILL "$process"; done
}

watch() {
    local line left lease_end='' code
    [[ -z $lease ]] || lease_end=$(($(now) + lease))
    while true; do
        left=''
        [[ -z $lease_end ]] || left=$((lease_end - $(now)))
        # What was said before the program had started is old, and newer lines wait behind it.
        [[ -z $left ]] || ((left > 0)) || left=0.5
        read -r ${left:+-t "$left"} -u 3 line
        code=$?
        if ((code == 0)); then
            if [[ $line == stop ]]; then kill -INT "$child"; else lease_end=$(($(now) + line)); fi
            continue
        fi
        alive || return
        kill -INT "$child"
        # 1: the worker is dead, and its lease may go on for a while. More than 128: the lease is over.
        [[ -z $lease_end ]] || fence $((grace + (code > 128 ? 0 : lease_end - $(now) > 0 ? lease_end - $(now) : 0)))
        return
    done
}

# Not «wait -n» for both: it passes over a child that had ended before, and then waits for ever.
watch &
watcher=$!
wait "$child"
# Woken by a signal, or because the program was stopped (SIGSTOP).
while kill -0 "$child"; do
    sleep 0.2
    wait "$child"
done
wait "$child"
code=$?
kill -- "-$watcher"
exit "$code"
