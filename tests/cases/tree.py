# SPDX-License-Identifier: Apache-2.0
"""A case as people write it, expanded into a node tree. tests/cases/README.md has the words."""
import base64
import ipaddress
import json
import os
import re
import shlex
import struct

import rpm

HOST_NETNS = 4026531992
TICKS = 100
BOOTED = -30 * 86400  # seconds before the time of judging
STARTED = -3600
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
KUBECONFIG = """apiVersion: v1
kind: Config
current-context: default
contexts: [{{name: default, context: {{cluster: default, user: node}}}}]
clusters: [{{name: default, cluster: {{server: "https://10.0.0.1:6443"}}}}]
users: [{{name: node, user: {{{user}}}}}]
"""
MANIFEST = """apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: kube-system}}
spec:
  containers:
  - name: {name}
    image: registry.k8s.io/{name}:{tag}
    command:
{command}    volumeMounts:
    - {{mountPath: /etc/kubernetes, name: kubernetes, readOnly: true}}
    - {{mountPath: /var/lib/etcd, name: data}}
  hostNetwork: true
  volumes:
  - {{name: kubernetes, hostPath: {{path: /etc/kubernetes, type: Directory}}}}
  - {{name: data, hostPath: {{path: /var/lib/etcd, type: DirectoryOrCreate}}}}
"""
TAGS = {"etcd": "3.6.4-0"}
PODS = {"static": "0123456789abcdef0123456789abcdef", "api": "12345678-1234-1234-1234-123456789abc"}
PROBE_BOOLEANS = ("tls", "shows_pods", "asks_for_client_certificate")
EXEC = "exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, args: [eks, get-token]}"


class CaseError(Exception):
    """A case that does not say what it should."""


def seconds(text):
    """"-30m", "+2d", "0s"."""
    match = re.fullmatch(r"([+-]?\d+)([smhd])", text)
    if not match:
        raise CaseError(f"{text} is no time: want -30m, +2d")
    return int(match[1]) * UNITS[match[2]]


def _bytes(word):
    r"""An argument, in which \xNN is a byte and \n a newline."""
    return word.encode().decode("unicode_escape").encode("latin-1") if "\\" in word else word.encode()


class Process:
    def __init__(self, pid, arguments):
        self.pid = pid
        self.arguments = arguments
        self.exe = arguments[0].decode() if arguments[0].startswith(b"/") else None
        self.root, self.cwd, self.unit, self.pod = "/", "/", None, None
        self.netns = HOST_NETNS
        self.uid = 0
        self.started = STARTED
        self.sockets = []
        self.environment = []

    def cgroup(self):
        if self.pod:
            uid = PODS.get(self.pod, self.pod).replace("-", "_")
            return f"/kubepods.slice/kubepods-pod{uid}.slice/cri-containerd-{self.pid:064x}.scope"
        return "/init.scope" if self.pid == 1 else f"/system.slice/{self.unit}" if self.unit else "/user.slice"


class Case:
    """Reads the words of a case; write() makes the tree."""

    def __init__(self, path, authority, now):
        self.authority = authority
        self.now = now
        self.files = {}  # path -> content: bytes, ("link", target), ("fifo",), ("size", count)
        self.changed = {}
        self.modes = {}
        self.owners = {}
        self.access_lists = {}
        self.processes = {1: Process(1, [b"/sbin/init"])}
        self.sockets_made = 0
        self.listeners = []  # (netns, transport, address, port, inode)
        self.has_sockets = True
        self.is_at_rest = False
        self.probes = []
        self.cluster = None
        self.options = []
        self.policy = None
        self.distro = None
        self.expected = []  # (check or None, verdict, {word: value})
        self.exit_status = None
        self._read(path)

    def _read(self, path):
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        at = 0
        while at < len(lines):
            line = lines[at]
            at += 1
            if not line.strip() or line.startswith("#"):
                continue
            text = []
            while at < len(lines) and lines[at].startswith("  "):
                line += " " + lines[at].strip()
                at += 1
            while at < len(lines) and lines[at].startswith("|"):
                text.append(lines[at][2:] + "\n")
                at += 1
            try:
                self._take(shlex.split(line), "".join(text), os.path.dirname(path))
            except (CaseError, ValueError, KeyError, IndexError) as error:
                raise CaseError(f"{path}:{at}: {line.strip()}: {error!r}") from error

    def _take(self, words, text, folder):
        word = getattr(self, "word_" + words[0].replace("-", "_"), None)
        if not word:
            raise CaseError(f"there is no word {words[0]}")
        word(words[1:], text, folder)

    # ---- the node

    def word_use(self, words, _text, folder):
        self._read(os.path.join(folder, "..", "nodes", words[0]))

    def word_now(self, words, _text, _folder):
        self.now += seconds(words[0])

    def word_options(self, words, _text, _folder):
        self.options += words

    def word_without_options(self, _words, _text, _folder):
        self.options = []

    def word_policy(self, _words, text, _folder):
        self.policy = text

    def word_no_sockets(self, _words, _text, _folder):
        self.has_sockets = False

    def word_at_rest(self, _words, _text, _folder):
        """A disk that does not run: of the processes only what units and manifests say of them is left."""
        self.is_at_rest = True

    # ---- processes

    def word_process(self, words, _text, _folder):
        pid = int(words[0])
        sockets = self.processes[pid].sockets if pid in self.processes else []
        self.processes[pid] = Process(pid, [_bytes(word) for word in words[1:]])
        self.processes[pid].sockets = sockets

    def word_flags(self, words, _text, _folder):
        self.processes[int(words[0])].arguments += [_bytes(word) for word in words[1:]]

    def word_without_flags(self, words, _text, _folder):
        """without-flags PID FLAG...: takes arguments away, whatever their value after = is"""
        process = self.processes[int(words[0])]
        process.arguments = [one for one in process.arguments if one.split(b"=")[0].decode() not in words[1:]]

    def word_without_sockets(self, words, _text, _folder):
        process = self.processes[int(words[0])]
        self.listeners = [one for one in self.listeners if one[4] not in process.sockets]
        process.sockets = []

    def word_long_flag(self, words, _text, _folder):
        self.processes[int(words[0])].arguments.append(words[1].encode() + b"=" + b"x" * int(words[2]))

    def word_set(self, words, _text, _folder):
        """set PID exe=/usr/bin/kubelet cwd=/ root=/srv/ct unit=kubelet.service pod=static netns=7 uid=9 started=-2d"""
        process = self.processes[int(words[0])]
        for pair in words[1:]:
            name, value = pair.split("=", 1)
            if not hasattr(process, name):
                raise CaseError(f"a process has no {name}")
            as_written = {"netns": int, "uid": int, "started": seconds}.get(name, str)
            setattr(process, name, as_written(value))

    def word_environment(self, words, _text, _folder):
        self.processes[int(words[0])].environment += [word.encode() for word in words[1:]]

    def word_listen(self, words, _text, _folder):
        """listen PID tcp [::]:10255; PID - for a socket that nobody is seen to hold"""
        process = self.processes[1 if words[0] == "-" else int(words[0])]
        address, port = words[2].rsplit(":", 1)
        inode = 48000 + self.sockets_made
        self.sockets_made += 1
        self.listeners.append((process.netns, words[1], ipaddress.ip_address(address.strip("[]")), int(port), inode))
        if words[0] != "-":
            process.sockets.append(inode)

    # ---- files

    def word_file(self, words, text, _folder):
        self.files[words[0]] = text.encode()

    def word_append(self, words, text, _folder):
        self.files[words[0]] += text.encode()

    def word_without(self, words, _text, _folder):
        del self.files[words[0]]

    def word_link(self, words, _text, _folder):
        self.files[words[0]] = ("link", words[1])

    def word_fifo(self, words, _text, _folder):
        self.files[words[0]] = ("fifo",)

    def word_big_file(self, words, text, _folder):
        """The text, and comments up to that many bytes."""
        self.files[words[0]] = text.encode() + b"# filling\n" * (int(words[1]) // 10)

    def word_changed(self, words, _text, _folder):
        self.changed[words[0]] = seconds(words[1])

    def word_directory(self, words, _text, _folder):
        self.files[words[0]] = ("directory",)

    def word_mode(self, words, _text, _folder):
        """mode PATH 0644; of a file or a directory"""
        self.modes[words[0]] = int(words[1], 8)

    def word_owner(self, words, _text, _folder):
        """owner PATH UID:GID"""
        self.owners[words[0]] = [int(number) for number in words[1].split(":")]

    def word_access_list(self, words, _text, _folder):
        """access-list PATH user:1000:rw-...: named users and groups; the mask lets them have it all"""
        entries = []
        for kind, number, allowed in (entry.split(":") for entry in words[1:]):
            bits = sum(bit for letter, bit in zip("rwx", (4, 2, 1)) if letter in allowed)
            entries.append(({"user": 2, "group": 8}[kind], bits, int(number)))
        self.access_lists[words[0]] = entries

    def word_rpm_package(self, words, _text, _folder):
        """rpm-package NAME VERSION AGO FILE...: RPM's database holds that package, installed then"""
        installed = self.now + seconds(words[2])
        self.files["/var/lib/rpm/rpmdb.sqlite"] = rpm.database(words[0], words[1], installed, words[3:])

    def word_authority(self, words, _text, _folder):
        """authority PATH [NAME]: the cluster's CA, or another one"""
        self.files[words[0]] = self.authority.named(*words[1:]).bundle().encode()

    def _issue(self, words):
        wanted = dict(pair.split("=", 1) for pair in words)
        return self.authority.named(*filter(None, [wanted.pop("by", None)])).issue(wanted)

    def word_certificate(self, words, _text, _folder):
        """certificate PATH [cn=... o=a,b days=N eku=... ca=yes san=DNS:x]: certificate and key"""
        self.files[words[0]] = "".join(self._issue(words[1:])).encode()

    def word_certificate_only(self, words, _text, _folder):
        self.files[words[0]] = self._issue(words[1:])[0].encode()

    def word_chain(self, words, _text, _folder):
        """chain PATH NAME=VALUE... / NAME=VALUE...: several certificates, and the first one's key"""
        text, issued = "", []
        for word in words[1:] + ["/"]:
            if word == "/":
                pem = self._issue(issued)
                text, issued = text + (pem[0] if text else "".join(pem)), []
            else:
                issued.append(word)
        self.files[words[0]] = text.encode()

    def word_der(self, words, _text, _folder):
        pem = self._issue(words[1:])[0]
        self.files[words[0]] = base64.b64decode("".join(pem.split("\n")[1:-2]))

    def word_key_pair(self, words, _text, _folder):
        """key-pair CERTIFICATE-PATH KEY-PATH [NAME=VALUE...]: two files"""
        for path, pem in zip(words, self._issue(words[2:])):
            self.files[path] = pem.encode()

    def word_encrypted_key(self, words, _text, _folder):
        """A certificate with a private key behind a passphrase."""
        self.files[words[0]] = (self._issue(words[1:])[0] + self.authority.encrypted_key()).encode()

    def word_kubeconfig(self, words, _text, _folder):
        """kubeconfig PATH file CERTIFICATE-PATH | data NAME=VALUE... | exec | token | basic | none"""
        kind = words[1]
        if kind == "file":
            user = f"client-certificate: {words[2]}, client-key: {words[2]}"
        elif kind == "data":
            pem = [base64.b64encode(one.encode()).decode() for one in self._issue(words[2:])]
            user = f"client-certificate-data: {pem[0]}, client-key-data: {pem[1]}"
        else:
            user = {"exec": EXEC, "token": "token: abcdef.0123456789abcdef", "none": "",
                    "basic": "username: node, password: secret"}[kind]
        self.files[words[0]] = KUBECONFIG.format(user=user).encode()

    def word_manifest(self, words, _text, _folder):
        """manifest PATH PID: the static pod that says what the process was started with"""
        self.files[words[0]] = ("manifest", int(words[1]))

    def _manifest(self, pid):
        arguments = [one.decode() for one in self.processes[pid].arguments]
        command = "".join(f"    - {json.dumps(one)}\n" for one in arguments)
        name = os.path.basename(arguments[0])
        return MANIFEST.format(name=name, tag=TAGS.get(name, "v1.34.1"), command=command).encode()

    # ---- what its servers answered

    def word_probe(self, words, _text, _folder):
        """probe PID ADDRESS:PORT PATH|- OUTCOME [NAME=VALUE...]"""
        address, port = words[1].rsplit(":", 1)
        probe = {"pid": int(words[0]), "address": address.strip("[]"), "port": int(port), "outcome": words[3],
                 "path": None if words[2] == "-" else words[2], "tls": False}
        for name, value in (pair.split("=", 1) for pair in words[4:]):
            probe[name] = (int(value) if name == "status" else value == "yes" if name in PROBE_BOOLEANS
                           else value.split(",") if name in ("versions", "suites") else value)
        self.probes.append(probe)

    def word_served(self, words, _text, _folder):
        """served NAME=VALUE...: one more certificate of the last probe's chain"""
        pem = self._issue(words)[0]
        self.probes[-1].setdefault("served", []).append("".join(pem.split("\n")[1:-2]))

    def word_cluster(self, words, _text, _folder):
        """cluster [NAME=VALUE...]"""
        self.cluster = {"schema": "nodelatch.cluster/1", "server": "https://10.0.0.1:6443", "problem": None,
                        "rbac": "unknown", "bindings": [], **dict(pair.split("=", 1) for pair in words)}

    def word_binding(self, words, _text, _folder):
        """binding KIND [NAMESPACE/]NAME ROLE-KIND ROLE SUBJECT-KIND [NAMESPACE/]SUBJECT"""
        kind, name, role_kind, role, subject_kind, subject = words
        namespace, name = name.split("/", 1) if kind == "RoleBinding" else (None, name)
        owner, subject = subject.split("/", 1) if subject_kind == "ServiceAccount" else (None, subject)
        self.cluster["bindings"].append({
            "kind": kind, "namespace": namespace, "name": name, "role_kind": role_kind, "role": role,
            "subject_kind": subject_kind, "subject_namespace": owner, "subject": subject})

    # ---- what is expected

    def _expect(self, check, words):
        pairs = [pair.split("=", 1) for pair in words[1:]]
        self.expected.append((check, words[0], {name: value for name, value in pairs}))

    def word_expect(self, words, _text, _folder):
        self._expect(None, words)

    def word_distro(self, words, _text, _folder):
        self.distro = words[0]

    def word_also(self, words, _text, _folder):
        self._expect(words[0], words[1:])

    def word_exit(self, words, _text, _folder):
        self.exit_status = int(words[0])

    # ---- the tree

    def write(self, top):
        self.top = top
        for path, content in self.files.items():
            self._put(path, content)
        self._put("/etc/machine-id", b"0123456789abcdef0123456789abcdef\n")
        if self.is_at_rest:
            self._put("/etc/hostname", b"N1\n")
        else:
            self._write_proc()
        if self.probes:
            document = {"schema": "nodelatch.probes/1", "probes": self.probes}
            self._put("/nodelatch/probes.json", json.dumps(document).encode())
        if self.cluster:
            self._put("/nodelatch/cluster.json", json.dumps(self.cluster).encode())
        self._set_attributes()

    def _write_proc(self):
        for path, text in (("/proc/sys/kernel/hostname", "N1\n"),
                           ("/proc/sys/kernel/random/boot_id", "11111111-2222-3333-4444-555555555555\n"),
                           ("/proc/sys/kernel/osrelease", "6.12.0\n"),
                           ("/proc/stat", f"cpu 0 0 0 0\nbtime {self.now + BOOTED}\n")):
            self._put(path, text.encode())
        for process in self.processes.values():
            self._write_process(process)

    def _set_attributes(self):
        """What is said of files, when all of them are there."""
        for path, (uid, gid) in self.owners.items():
            os.chown(self.top + path, uid, gid)
        for path, mode in self.modes.items():
            os.chmod(self.top + path, mode)
        for path, entries in self.access_lists.items():
            os.setxattr(self.top + path, "system.posix_acl_access", self._access_list(path, entries))
        for path, ago in self.changed.items():
            os.utime(self.top + path, (self.now + ago, self.now + ago))

    def _access_list(self, path, entries):
        """As the kernel takes it: version 2, and entries of tag, permissions and id."""
        mode = os.stat(self.top + path).st_mode
        mask = mode >> 3 & 7
        for _tag, bits, _number in entries:
            mask |= bits
        everyone = 0xffffffff
        rows = [(1, mode >> 6 & 7, everyone), *(entry for entry in entries if entry[0] == 2),
                (4, mode >> 3 & 7, everyone), *(entry for entry in entries if entry[0] == 8),
                (16, mask, everyone), (32, mode & 7, everyone)]
        return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *row) for row in rows)

    def _put(self, path, content):
        path = self.top + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if content[:1] == ("manifest",):
            content = self._manifest(content[1])
        if isinstance(content, bytes):
            with open(path, "wb") as file:
                file.write(content)
            os.chmod(path, 0o600)
        elif content[0] == "link":
            os.symlink(content[1], path)
        elif content[0] == "directory":
            os.makedirs(path, exist_ok=True)
        else:
            os.mkfifo(path)

    def _write_process(self, process):
        folder = f"/proc/{process.pid}/"
        name = os.path.basename(process.exe or process.arguments[0].decode(errors="replace"))[:15]
        ticks = (process.started - BOOTED) * TICKS
        for file, content in (
                ("cmdline", b"".join(argument + b"\0" for argument in process.arguments)),
                ("stat", f"{process.pid} ({name}) S 1{' 0' * 17} {ticks}{' 0' * 30}\n".encode()),
                ("status", f"Name:\t{name}\nPPid:\t1\nUid:\t0\t{process.uid}\t0\t0\n".encode()),
                ("comm", name.encode() + b"\n"),
                ("environ", b"".join(variable + b"\0" for variable in process.environment)),
                ("cgroup", f"0::{process.cgroup()}\n".encode()),
                ("root", ("link", process.root)),
                ("cwd", ("link", process.cwd)),
                ("ns/net", ("link", f"net:[{process.netns}]")),
                ("ns/mnt", ("link", "mnt:[4026531841]")),
                ("ns/pid", ("link", "pid:[4026531836]"))):
            self._put(folder + file, content)
        if process.exe:
            self._put(folder + "exe", ("link", process.exe))
        for number, inode in enumerate(process.sockets, 3):
            self._put(f"{folder}fd/{number}", ("link", f"socket:[{inode}]"))
        if self.has_sockets:
            for table in ("tcp", "tcp6", "udp", "udp6"):
                self._put(folder + "net/" + table, self._table(process.netns, table).encode())

    def _table(self, netns, table):
        text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        number = 0
        for owner, transport, address, port, inode in self.listeners:
            if owner != netns or table != transport + ("6" if address.version == 6 else ""):
                continue
            local = "".join(f"{struct.unpack('=I', address.packed[i:i + 4])[0]:08X}"
                            for i in range(0, len(address.packed), 4))
            state = "0A" if transport == "tcp" else "07"
            text += (f"{number:4d}: {local}:{port:04X} {'0' * len(local)}:0000 {state} 00000000:00000000 "
                     f"00:00000000 00000000     0        0 {inode} 1 0000000000000000 100 0 0 10 0\n")
            number += 1
        return text
