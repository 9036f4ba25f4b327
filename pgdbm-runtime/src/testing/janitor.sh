# The janitor of a private PostgreSQL server.
#
#   sh janitor.sh watch INSTANCE TOKEN TOOL GRACE    wait until nobody uses the server, then stop and remove it
#   sh janitor.sh sweep INSTANCE                     stop and remove it now; the caller has the gate
#   sh janitor.sh stop INSTANCE                      stop the server only; the caller has the gate
#
# The watch finds three locked or lockable files open, so that it needs no path which may meanwhile name something
# else: 9 is the users' lock, its standard output the gate, its standard error the janitor's own lock, held for life.

mode=$1 instance=$2 token=$3 tool=$4 grace=$5
base=${instance%/*}
data=$instance/run/data

# Each of the tools locks the open file that it inherits, and the lock stays with the file when the tool ends.
# None inherits the janitor's own lock: when the janitor is killed, that lock must not outlive it.
lock() {
    case $tool in
        flock) flock -x "$1" ;;
        perl) perl -e 'open(F, "+<&=", $ARGV[0]) or exit 1; flock(F, 2) or exit 1' "$1" ;;
        python3) python3 -c 'import fcntl, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX)' "$1" ;;
    esac 9<&9 8<&8 7>&-
}

lock_if_free() {
    case $tool in
        flock) flock -x -n "$1" ;;
        perl) perl -e 'open(F, "+<&=", $ARGV[0]) or exit 1; flock(F, 6) or exit 1' "$1" ;;
        python3) python3 -c 'import fcntl, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_EX | fcntl.LOCK_NB)' "$1" ;;
    esac 9<&9 8<&8 7>&-
}

unlock() {
    case $tool in
        flock) flock -u "$1" ;;
        perl) perl -e 'open(F, "+<&=", $ARGV[0]) or exit 1; flock(F, 8) or exit 1' "$1" ;;
        python3) python3 -c 'import fcntl, sys; fcntl.flock(int(sys.argv[1]), fcntl.LOCK_UN)' "$1" ;;
    esac 9<&9 8<&8 7>&-
}

# Fractions of a second are no part of POSIX's sleep.
pause() {
    sleep "$1" 7>&- || sleep 1 7>&-
}

# A number in a file may long belong to another process: the server is the one that works in the data directory, or was
# told to. While it starts, it looks for its own program's directory by going there; and while it becomes the server,
# it has no arguments for a moment. Never both.
is_server() {
    [ "/proc/$1/cwd" -ef "$data" ] && return
    if [ -d /proc/self ]; then
        arguments=$(tr '\000' ' ' <"/proc/$1/cmdline")
    else
        arguments=$(ps -ww -o args= -p "$1")
    fi
    case $arguments in
        *" -D $data "*) true ;;
        *) false ;;
    esac
}

# The server's own file counts; the launcher's is there some milliseconds earlier.
find_server() {
    for file in "$data/postmaster.pid" "$instance/run/server.pid"; do
        [ -f "$file" ] || continue
        pid=
        read -r pid <"$file"
        case $pid in
            '' | *[!0-9]*) continue ;;
        esac
        is_server "$pid" && return
    done
    return 1
}

# An immediate shutdown: nobody will read the data again. The signal is repeated because a server that is just being
# launched may not listen yet.
stop_server() {
    round=0
    if find_server; then
        while is_server "$pid"; do
            case $round in
                0 | 20 | 40) kill -QUIT "$pid" ;;
                140) kill -KILL "$pid" ;;
                240) return 1 ;;
            esac
            round=$((round + 1))
            pause 0.05
        done
    fi
    while kill_orphans; do
        [ $round -lt 240 ] || return 1
        round=$((round + 1))
        pause 0.05
    done
    remove_shared_memory
    return 0
}

# A server that was killed itself could not take its processes along. They end at their next look for it, but one that
# is busy with a long query does not look. Succeeds while there are any. Where there is no /proc, they end by themselves.
kill_orphans() {
    found=1
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$data" ] || continue
        name=
        read -r name <"$process/comm"
        [ "$name" = postgres ] && kill -KILL "${process#/proc/}" && found=0
    done
    return $found
}

# A server that was killed leaves a segment of System V shared memory, and its key and id on line 7 of its file. Only the
# segment that still has both, and that nobody uses, is the one.
remove_shared_memory() {
    [ -r /proc/sysvipc/shm ] && [ -f "$data/postmaster.pid" ] || return 0
    line=0
    while read -r key id rest && [ $line -lt 6 ]; do
        line=$((line + 1))
    done <"$data/postmaster.pid"
    while read -r segment_key segment_id mode size creator last users rest; do
        [ "$segment_key $segment_id $users" = "$key $id 0" ] && ipcrm -m "$id"
    done </proc/sysvipc/shm
}

# The directory goes away in one step, so that nobody ever finds half of one; its files follow.
remove_instance() {
    trash=$base/trash-${instance##*/}-$$
    mv "$instance" "$trash" || return 1
    round=0
    until rm -rf "$trash"; do
        [ $round -lt 100 ] || return 1
        round=$((round + 1))
        pause 0.1
    done
}

remove_empty_base() {
    [ "$(ls -A "$base")" = gate ] && rm -f "$base/gate" && rmdir "$base"
}

case $mode in
    stop)
        stop_server || exit
        # PostgreSQL takes a dead server for a living one while nobody has waited for it, as in a container without an
        # init. Here it is known that none works in the directory; where there is no /proc, PostgreSQL knows better.
        [ -d /proc/self ] && rm -f "$data/postmaster.pid" "$instance/run/.s.PGSQL.5432.lock"
        exit 0
        ;;
    sweep)
        stop_server && remove_instance
        exit
        ;;
esac

exec 8>&1 7>&2 >/dev/null 2>&1
trap '' HUP INT QUIT
# A tool that cannot even unlock would keep the janitor waiting for ever; who hired it sees that it has gone.
unlock 9 || exit 1
echo "$$" >&7

while :; do
    until lock 9; do pause 1; done
    # Newcomers may join while the janitor gives them the time to.
    unlock 9
    pause "$grace"
    until lock 8; do pause 1; done
    if lock_if_free 9; then
        # If somebody has removed the directory by hand, another server may live at this path by now.
        found=
        read -r found <"$instance/lock"
        [ "$found" = "$token" ] || exit 0
        stop_server && remove_instance && remove_empty_base
        exit
    fi
    unlock 8
done
