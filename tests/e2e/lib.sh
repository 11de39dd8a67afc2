# SPDX-License-Identifier: Apache-2.0
# What end-to-end tests share; to be sourced by a POSIX shell (busybox's too) inside
# tests/lib/in-namespaces, with BUILD_DIR naming the build folder.
# Everything a test makes is in $work and goes with it; every process it starts is ended by pid.

work=$(mktemp -d)
agent=${BUILD_DIR:?}/nodelatch
connect=$BUILD_DIR/tests/e2e/connect
control=$work/control.sock
pins=/sys/fs/bpf/nodelatch
agent_pid= kubelet_pid=
failures=0

cleanup()
{
	for pid in $agent_pid $kubelet_pid; do
		kill -9 "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' INT TERM

pass() { echo "pass: $1"; }
fail()
{
	echo "fail: $1: ${2:-}"
	failures=$((failures + 1))
}
# expect NAME COMMAND...: the command succeeds
expect()
{
	name=$1
	shift
	if "$@" >"$work/said" 2>&1; then pass "$name"; else fail "$name" "$(head -c 600 "$work/said" | tr '\n' ' ')"; fi
}
finish() { exit "$((failures > 0))"; }

# wait_for COMMAND...: tries again until it succeeds, at most about 10 seconds
wait_for()
{
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -lt 200 ] || return 1
		sleep 0.05
	done
}
has() { grep -qe "$2" "$1"; }

# write_policy MODE [EXTRA LINES]: the built-in rules in that mode, with a journal of the test's own
write_policy()
{
	cat >"$work/policy.yaml.new" <<-END
		version: 1
		mode: $1
		ports:
		  - {name: kubelet-read-only, port: 10255, protocol: tcp, action: refuse, allow: []}
		  - {name: cadvisor, port: 4194, protocol: tcp, action: refuse, allow: []}
		report: {stdout: ${stdout_format:-json}}
		journal: {path: $work/journal.db}
		${2:-}
	END
	mv "$work/policy.yaml.new" "$work/policy.yaml"
}

start_agent()
{
	"$agent" run --policy "$work/policy.yaml" --netns /proc/$$/ns/net --control "$control" \
		--pins "$pins" "$@" >>"$work/changes" 2>>"$work/log" &
	agent_pid=$!
	wait_for agent_answers
}
agent_answers() { "$agent" status --control "$control"; }
status_json() { "$agent" status --control "$control" --format json; }
# The effective mode of the first rule, as the agent proves it.
effective() { status_json | sed -n 's/^ *"effective": "\(.*\)".*/\1/p' | head -n 1; }
is_effective() { [ "$(effective)" = "$1" ]; }
stop_agent()
{
	kill "$agent_pid" 2>/dev/null
	wait "$agent_pid" 2>/dev/null
	agent_pid=
}
kill_agent()
{
	kill -9 "$agent_pid"
	wait "$agent_pid" 2>/dev/null
	agent_pid=
}

# start_kubelet FLAG...: the stand-in, under the name that makes it a kubelet
start_kubelet()
{
	mkdir -p "$work/bin"
	cp "$BUILD_DIR/tests/e2e/stand_in_kubelet" "$work/bin/kubelet"
	"$work/bin/kubelet" "$@" >"$work/kubelet.out" 2>"$work/kubelet.log" &
	kubelet_pid=$!
	wait_for has "$work/kubelet.out" ready
}
stop_kubelet()
{
	kill "$kubelet_pid" 2>/dev/null
	wait "$kubelet_pid" 2>/dev/null
	kubelet_pid=
}
kubelet_lives() { kill -0 "$kubelet_pid"; }
