# SPDX-License-Identifier: Apache-2.0
"""Real certificates, made by openssl when a case asks for one, and kept for the rest of the run.

Every one is valid from the start of the run on, for the days that it says: cases choose the time at
which the node is judged, not the time at which a certificate begins.
"""
import os
import subprocess

DEFAULTS = {"cn": "system:node:n1", "o": "system:nodes", "days": "100", "eku": "clientAuth", "ca": "no", "san": "",
            "key": "ec:P-256", "digest": "sha256", "self": "no"}
EXTENSIONS = """basicConstraints=critical,CA:{ca}
keyUsage=critical,{usage}
"""


def _openssl(folder, *arguments, **keywords):
    return subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, text=True, **keywords)


class Authority:
    """The cluster's CA. Everything it makes is PEM text."""

    def __init__(self, folder, name="kubernetes"):
        self.folder = folder
        self.made = {}
        self.others = {"": self}
        os.makedirs(folder)
        self._new_key("ca.key")
        _openssl(folder, "req", "-x509", "-key", "ca.key", "-subj", f"/CN={name}", "-days", "3650", "-out", "ca.crt",
                 "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")

    def _new_key(self, name, kind="ec:P-256"):
        """kind: ec:CURVE or rsa:BITS"""
        algorithm, size = kind.split(":")
        option = {"ec": "ec_paramgen_curve:", "rsa": "rsa_keygen_bits:"}[algorithm] + size
        _openssl(self.folder, "genpkey", "-algorithm", algorithm.upper(), "-pkeyopt", option, "-out", name)

    def _text(self, name):
        with open(os.path.join(self.folder, name), encoding="ascii") as file:
            return file.read()

    def named(self, name=""):
        """Another authority of the same cluster, "etcd-ca"."""
        if name not in self.others:
            self.others[name] = Authority(os.path.join(self.folder, name), name)
        return self.others[name]

    def bundle(self):
        return self._text("ca.crt")

    def encrypted_key(self):
        return _openssl(self.folder, "pkey", "-in", "ca.key", "-aes128", "-passout", "pass:secret").stdout

    def issue(self, words):
        """{"cn": ..., "o": "a,b", "days": ..., "eku": "clientAuth,serverAuth", "ca": "yes", "san": "DNS:x",
        "key": "rsa:2048", "digest": "sha1", "self": "yes"} -> (certificate, key)"""
        wanted = {**DEFAULTS, **words}
        unknown = set(wanted) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"a certificate has no {', '.join(sorted(unknown))}")
        identity = tuple(sorted(wanted.items()))
        if identity not in self.made:
            self.made[identity] = self._make(wanted, f"leaf{len(self.made)}")
        return self.made[identity]

    def _make(self, wanted, name):
        is_ca = wanted["ca"] == "yes"
        extensions = EXTENSIONS.format(ca="TRUE" if is_ca else "FALSE",
                                       usage="keyCertSign" if is_ca else "digitalSignature")
        for field, value in (("extendedKeyUsage", wanted["eku"]), ("subjectAltName", wanted["san"])):
            extensions += f"{field}={value}\n" if value else ""
        subject = "".join(f"/O={one}" for one in wanted["o"].split(",") if one) + f"/CN={wanted['cn']}"
        with open(os.path.join(self.folder, "extensions"), "w", encoding="ascii") as file:
            file.write(extensions)
        self._new_key(f"{name}.key", wanted["key"])
        _openssl(self.folder, "req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", "request")
        signer = (["-signkey", f"{name}.key"] if wanted["self"] == "yes"
                  else ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"])
        _openssl(self.folder, "x509", "-req", "-in", "request", *signer, "-" + wanted["digest"],
                 "-days", wanted["days"], "-extfile", "extensions", "-out", f"{name}.crt")
        return self._text(f"{name}.crt"), self._text(f"{name}.key")
