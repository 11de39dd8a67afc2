# SPDX-License-Identifier: Apache-2.0
"""The whole agent: start to guarding and to the first finding, bind to finding, memory, CPU, `check`.

Runs inside tests/lib/in-namespaces. Prints samples for tests/bench/run.
"""
import json
import os
import queue
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUILD = os.environ.get("BUILD_DIR", "build")
AGENT = os.path.join(BUILD, "nodelatch")
EXECS = 100_000
BINDS = 40
IDLE_S = 10

POLICY = """version: 1
mode: enforce
ports:
  - {{name: kubelet-read-only, port: 10255, protocol: tcp, action: refuse, allow: []}}
  - {{name: probe, port: 4999, protocol: tcp, action: flag}}
report: {{stdout: json}}
journal: {{path: {work}/journal.db}}
"""


def sample(name, value, unit):
    print(f"sample: {name}: {value:.6g} {unit}")


class Agent:
    """A running agent, with the time at which each of its lines came."""

    def __init__(self, work, extra=()):
        self.control = f"{work}/control.sock"
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [AGENT, "run", "--policy", f"{work}/policy.yaml", "--netns", "/proc/self/ns/net",
             "--control", self.control, *extra],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put((time.monotonic(), json.loads(line)))

    def wait_for(self, check, change):
        """When the line came that says this, or None after ten seconds."""
        deadline = time.monotonic() + 10
        while (left := deadline - time.monotonic()) > 0:
            try:
                when, line = self.lines.get(timeout=left)
            except queue.Empty:
                break
            if line["check"] == check and line["change"] == change:
                return when
        return None

    def status(self):
        said = subprocess.run([AGENT, "status", "--control", self.control, "--format", "json"],
                              stdout=subprocess.PIPE, check=True)
        return json.loads(said.stdout)

    def resident_mib(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
        return float("nan")

    def cpu_s(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def is_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return True
    return False


def start_times(work):
    """From fork to the first refused client, and to the first finding's line."""
    unpin()
    agent = Agent(work)
    while not is_refused(10255):
        pass
    sample("start to guarding", (time.monotonic() - agent.started) * 1000, "ms")
    finding = agent.wait_for("port.policy", "opened")
    sample("start to first finding", (finding - agent.started) * 1000, "ms")
    agent.stop()
    unpin()
    for name in os.listdir(work):
        if name.startswith("journal"):
            os.unlink(f"{work}/{name}")


def unpin():
    subprocess.run(["rm", "-rf", "/sys/fs/bpf/nodelatch"], check=True)


def bind_to_finding(agent):
    for _ in range(BINDS):
        begun = time.monotonic()
        listener = socket.create_server(("127.0.0.1", 4999))
        seen = agent.wait_for("port.policy", "opened")
        sample("bind to finding", (seen - begun) * 1000, "ms")
        listener.close()
        agent.wait_for("port.policy", "resolved")


def exec_storm(agent):
    before = agent.cpu_s()
    subprocess.run([os.path.join(BUILD, "tests/e2e/exec_storm"), str(EXECS), "storm"], check=True)
    time.sleep(0.5)
    watched = next(w for w in agent.status()["watch"] if w["name"] == "exec")
    sample("execs lost of 100000", watched["lost"], "execs")
    if watched["seen"] < EXECS:
        sys.exit(f"only {watched['seen']} of {EXECS} execs were seen")
    sample("agent CPU per exec", (agent.cpu_s() - before) / EXECS * 1e6, "us")


def check_cost():
    for _ in range(10):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.monotonic()
        subprocess.run([AGENT, "check", "--format", "json"], stdout=subprocess.DEVNULL, check=False)
        sample("check wall", (time.monotonic() - begun) * 1000, "ms")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        sample("check CPU", cpu * 1000, "ms")


def main():
    with tempfile.TemporaryDirectory() as work:
        with open(f"{work}/policy.yaml", "w", encoding="ascii") as policy:
            policy.write(POLICY.format(work=work))
        server = socket.create_server(("127.0.0.1", 10255), backlog=128)
        start_times(work)
        agent = Agent(work)
        agent.wait_for("port.policy", "opened")
        agent.status()  # answered once everything is loaded
        sample("resident idle", agent.resident_mib(), "MiB")
        bind_to_finding(agent)
        before = agent.cpu_s()
        time.sleep(IDLE_S)
        sample("idle CPU", (agent.cpu_s() - before) / IDLE_S * 100, "%")
        exec_storm(agent)
        sample("resident after 100000 execs", agent.resident_mib(), "MiB")
        agent.stop()
        unpin()
        server.close()
        check_cost()
    for name, aim in (("start to guarding", 150), ("start to first finding", 150),
                      ("bind to finding", 50), ("check wall", 100), ("resident idle", 12),
                      ("resident after 100000 execs", 12), ("execs lost of 100000", 0),
                      ("agent CPU per exec", 1), ("idle CPU", 0.05)):
        print(f"aim: {name}: {aim}")


main()
