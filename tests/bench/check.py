# SPDX-License-Identifier: Apache-2.0
"""`check` on a full node: worker and control plane in one tree, with what else runs on a busy machine.

Runs inside tests/lib/in-namespaces. Prints samples for tests/bench/run, and how much tests/cases holds the verdicts to.
"""
import glob
import json
import os
import shutil
import sys
import tempfile
import time
from subprocess import DEVNULL, PIPE, run as start

CASES = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "cases"))
sys.path.insert(0, CASES)

from pki import Authority  # noqa: E402
from tree import Case  # noqa: E402

PROGRAM = os.path.join(os.environ.get("BUILD_DIR", "build"), "nodelatch")
RUNS = 20
OTHERS = 400  # processes, every fourth of which listens
# A tenth of the half second that the usual checker takes, which starts 80 to 90 processes for it.
WALL_MS, PEAK_MIB = 50, 16
# What a process was before exec counts for its peak, so a small one starts it (5 MiB).
STARTER = """import posix, sys, time
started = time.monotonic()
pid = posix.fork()
if not pid:
    posix.execv(sys.argv[1], sys.argv[1:])
used = posix.wait4(pid, 0)[2]
print(time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)"""
STARTS = "clone,clone3,fork,vfork,execve,execveat"


def find_program():
    """A program of Kubernetes that this machine has: what the components' programs are like."""
    found = shutil.which("kubelet") or shutil.which("kubectl")
    return found and os.path.realpath(found)


def put_programs(case, tree):
    """Gives each component of the control plane and the kubelet that program; how many."""
    paths = [process.exe for process in case.processes.values() if process.exe and "kube" in process.exe]
    first, count = None, 0
    for path in paths if find_program() else ():
        os.makedirs(os.path.dirname(tree + path), exist_ok=True)
        if first:
            os.link(first, tree + path)
        else:
            shutil.copyfile(find_program(), tree + path)
            first = tree + path
        count += 1
    return count


def make_tree(folder):
    os.symlink(f"{CASES}/nodes", f"{folder}/nodes")
    os.mkdir(f"{folder}/cases")
    with open(f"{folder}/cases/full", "w", encoding="utf-8") as case:
        case.write("use kubeadm-control-plane\nprocess 960 /usr/bin/dockerd -H tcp://0.0.0.0:2375\n"
                   "listen 960 tcp [::]:2375\nprocess 961 /tiller\nlisten 961 tcp [::]:44134\n"
                   "process 962 /dashboard --enable-skip-login\nlisten 962 tcp [::]:8443\n")
        for number in range(OTHERS):
            pid = 2000 + number
            case.write(f"process {pid} /usr/bin/work{number % 40} --number {number} --config=/etc/work/{number}.yaml\n")
            case.write(f"set {pid} unit=work{number % 40}.service\n")
            if number % 4 == 0:
                case.write(f"listen {pid} tcp 10.0.0.7:{20000 + number}\n")
    now = int(time.time()) + 86400
    full = Case(f"{folder}/cases/full", Authority(f"{folder}/pki"), now)
    os.mkdir(f"{folder}/tree")
    full.write(f"{folder}/tree")
    programs = put_programs(full, f"{folder}/tree")
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    options = [] if programs else full.options
    return [PROGRAM, "check", "--root", f"{folder}/tree", "--now", when, "--format", "json", *options], programs


def sample(name, value, unit):
    print(f"sample: {name}: {value:.6g} {unit}")


def measure(command):
    """One run, to a file so that nobody has to read along."""
    with tempfile.TemporaryFile() as output:
        run = start([sys.executable, "-I", "-S", "-c", STARTER, *command], stdout=output,
                             stderr=PIPE, check=True)
        output.seek(0)
        report = json.loads(output.read())
    wall, cpu, peak = map(float, run.stderr.split()[-3:])
    sample("wall", wall * 1e3, "ms")
    sample("CPU", cpu * 1e3, "ms")
    sample("peak memory", peak / 1024, "MiB")
    return report


def processes_started(command):
    """Besides itself, as strace counts; None without strace."""
    if not shutil.which("strace"):
        return None
    run = start(["strace", "-f", "-qq", "-e", f"trace={STARTS}", *command], stdout=DEVNULL,
                         stderr=PIPE, text=True, check=False)
    return max(len([line for line in run.stderr.splitlines() if "(" in line and "SIG" not in line]) - 1, 0)


def count_cases():
    """(trees, checks, verdicts) that tests/cases/run compares."""
    paths = [path for path in glob.glob(f"{CASES}/*.*/*") if os.path.isfile(path)]
    verdicts = 0
    for path in paths:
        with open(path, encoding="utf-8") as case:
            verdicts += sum(line.startswith(("expect ", "also ")) for line in case)
    return len(paths), len({os.path.dirname(path) for path in paths}), verdicts


def main():
    with tempfile.TemporaryDirectory() as folder:
        command, programs = make_tree(folder)
        for _ in range(RUNS):
            report = measure(command)
        started = processes_started(command)
    if started is not None:
        sample("processes started", started, "")
    results = report["results"]
    print(f"aim: wall: {WALL_MS}\naim: peak memory: {PEAK_MIB}\naim: processes started: 0")
    print(f"the tree: {OTHERS} processes besides, {len(results)} results of {len({one['check'] for one in results})} "
          f"checks, {len([one for one in results if one['verdict'] == 'error'])} of them unknown")
    if programs:
        print(f"versions are read of {programs} programs of {os.path.getsize(find_program()) >> 20} MiB")
    print("correct, as `make cases` holds it: {} trees of {} checks, {} verdicts".format(*count_cases()))


main()
