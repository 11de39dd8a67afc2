# SPDX-License-Identifier: Apache-2.0
"""What Python tests of the whole agent share: the agent, a stand-in kubelet, and a road to the collector that can be
closed. To be run inside tests/lib/in-namespaces; everything started here is ended by close()."""
import json
import os
import shutil
import socket
import subprocess
import threading

from otlp import BUILD, wait_for

PROGRAM = f"{BUILD}/nodelatch"
PINS = "/sys/fs/bpf/nodelatch"


def end(process):
    """Kills it if it still runs, and waits; returns its exit status."""
    if process.poll() is None:
        process.kill()
    return process.wait(10)


class Agent:
    """`nodelatch run` with a policy of its own. Its journal stays in the folder, for the next start."""

    def __init__(self, folder, policy, environment=None):
        self.folder, self.policy_path = folder, f"{folder}/policy.yaml"
        self.control, self.journal = f"{folder}/control.sock", f"{folder}/journal.db"
        self.environment = dict(os.environ, **(environment or {}))
        self.process, self.tracer = None, []
        self.write_policy(policy)

    def write_policy(self, policy):
        with open(f"{self.policy_path}.new", "w", encoding="utf-8") as file:
            file.write(f"version: 1\njournal: {{path: {self.journal}}}\n{policy}")
        os.rename(f"{self.policy_path}.new", self.policy_path)

    def start(self):
        with open(f"{self.folder}/lines", "ab") as lines, open(f"{self.folder}/log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.tracer, PROGRAM, "run", "--policy", self.policy_path, "--netns", f"/proc/{os.getpid()}/ns/net",
                 "--control", self.control, "--pins", PINS],
                stdin=subprocess.DEVNULL, stdout=lines, stderr=log, env=self.environment)
        if not wait_for(self.status):
            raise RuntimeError(f"the agent did not start: {self.log()[-600:]}")

    def stop(self):
        """By SIGTERM; returns the exit status."""
        self.process.terminate()
        return self.process.wait(10)

    def kill(self):
        end(self.process)

    close = kill

    def run(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, check=False, timeout=60)

    def status(self):
        """What it says of itself, None while it does not answer."""
        answer = self.run("status", "--control", self.control, "--format", "json")
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def changes(self, form="json"):
        """Everything in the journal, in order."""
        answer = self.run("tail", "--policy", self.policy_path, "--no-follow", "-n", "1000000", "--format", form)
        return [json.loads(line) for line in answer.stdout.splitlines()]

    def has(self, kind, check):
        """The last change of that kind and check, None when there is none."""
        found = [c for c in self.changes() if c["change"] == kind and c["check"] == check]
        return found[-1] if found else None

    def log(self):
        with open(f"{self.folder}/log", encoding="utf-8", errors="replace") as file:
            return file.read()

    def courier(self):
        """The pid of its courier, None when there is none."""
        pid = self.status()["pid"] if self.tracer else self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                try:
                    with open(f"/proc/{child}/cmdline", "rb") as cmdline:
                        if cmdline.read().startswith(b"nodelatch-courier\0"):
                            return int(child)
                except OSError:
                    pass
        return None


class Kubelet:
    """The stand-in, under the name that makes it a kubelet."""

    def __init__(self, folder, *flags):
        os.makedirs(f"{folder}/bin", exist_ok=True)
        path = f"{folder}/bin/kubelet"
        if not os.path.exists(path):
            shutil.copy(f"{BUILD}/tests/e2e/stand_in_kubelet", path)
        self.process = subprocess.Popen([path, *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pid = self.process.pid
        if self.process.stdout.readline() != b"ready\n":
            raise RuntimeError("the stand-in kubelet did not start")

    def close(self):
        end(self.process)
        self.process.stdout.close()


def visit(port, count=1):
    """Clients of that port on loopback; returns what became of them, in words."""
    answer = subprocess.run([f"{BUILD}/tests/e2e/connect", "127.0.0.1", str(port), str(count)], capture_output=True,
                            check=False)
    return answer.stdout.decode().strip()


class Road:
    """A relay from a port of its own to the collector's. While it is closed nobody listens there, and what was on the
    way is cut off."""

    def __init__(self, port, target):
        self.address, self.target = ("127.0.0.1", port), target
        self.listener, self.ends = None, []

    def open(self):
        self.listener = socket.create_server(self.address)
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self.target)
            except OSError:
                return
            self.ends += [near, far]
            for source, sink in (near, far), (far, near):
                threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def carry(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        for one in source, sink:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        for one in [self.listener, *self.ends] if self.listener else []:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
        self.listener, self.ends = None, []
