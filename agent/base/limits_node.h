/* SPDX-License-Identifier: Apache-2.0 */
/* The maxima of what is read of a node. Include base/limits.h. */
#ifndef BASE_LIMITS_NODE_H
#define BASE_LIMITS_NODE_H

/* A PEM file: the largest CA bundle in use is about 250 kB. */
#define CERTIFICATE_BYTES_MAX (1UL << 20)

/* /proc/PID/cmdline: the kernel's own bound on argv is 6 MiB (3/4 of an 8 MiB stack); kubelets use
 * 4 kB. */
#define CMDLINE_BYTES_MAX (8UL << 20)
/* Arguments of any process: 6 MiB of nothing but NULs, which any pod can have, would be six
 * million. Bytes of them kept of a process that merely listens: every process of a pod may, and all
 * share one arena. */
#define PROCESS_ARGUMENTS_MAX	 65536
#define OWNER_ARGUMENT_BYTES_MAX (16UL << 10)

/* Small files of /proc and /etc: status, stat, cgroup, hostname. */
#define SMALL_FILE_BYTES_MAX (64UL << 10)

/* /proc/net/tcp and its kin: 150 bytes a socket, so some 200,000 sockets. */
#define SOCKET_TABLE_BYTES_MAX (32UL << 20)

/* Processes looked at in one pass: as many as the kernel can have, for the one left out could be
 * the kubelet; a node has a few thousand. */
#define PROCESSES_MAX (4UL << 20)

/* Listening sockets in one pass: over 60,000 ports of one namespace, far more than any node has. */
#define LISTENERS_MAX 65536
/* Sockets and owners of them in one pass: sixteen workers on every one of 65,536 sockets. */
#define SOCKET_ROWS_MAX (1UL << 20)

/* Files in a kubelet's --config-dir, and its depth: no tool writes more than ten. */
#define DROPINS_MAX	 256
#define DROPIN_DEPTH_MAX 16

/* A component's argv (real ones have 10 to 80 arguments), a list or map in its settings (40 feature
 * gates), one text among them (PATH_MAX), and what is told to be wrong with it. */
#define ARGUMENTS_MAX	       4096
#define SETTING_ITEMS_MAX      4096
#define SETTING_TEXT_BYTES_MAX 4096
#define PROBLEMS_MAX	       64

/* Files in a directory of static pods: a control plane has four or five. An image in one that
 * tells a version: names of images have at most 255 bytes, tags 128. */
#define MANIFESTS_MAX	256
#define IMAGE_BYTES_MAX 512

/* Nesting of YAML and JSON: KubeletConfiguration uses six levels. */
#define DOCUMENT_DEPTH_MAX 64
/* Nodes of a YAML document, aliases expanded: billion laughs end here. Its anchors: each alias is
 * looked up among them. Its lines that start with %: libyaml compares each %TAG with all others. */
#define DOCUMENT_NODES_MAX	200000
#define DOCUMENT_ANCHORS_MAX	256
#define DOCUMENT_DIRECTIVES_MAX 64

/* Certificates in one file: a chain has four, a CA bundle 150. */
#define CERTIFICATES_MAX 1024
/* Certificates between a leaf and its authority: one or two in use, and Go stops at far more. */
#define CERTIFICATE_CHAIN_MAX 8

/* Probes in one pass: a node has some ten of our own servers to ask; nested nodes have some more.
 */
#define PROBES_MAX 32
/* One probe's certificates and all their bytes (real chains: four, 8 kB), its protocol versions or
 * suites (TLS 1.2 knows some 300, servers take 30), the words of them, path and problem. */
#define PROBE_CERTIFICATES_MAX 16
#define PROBE_CHAIN_BYTES_MAX  (128UL << 10)
#define PROBE_WORDS_MAX	       64
#define PROBE_WORD_BYTES_MAX   64
#define PROBE_TEXT_BYTES_MAX   512
/* What is read of an answer for the version in it: a kubelet's metrics are 100 to 200 kB. */
#define PROBE_VERSION_BYTES_MAX (256UL << 10)
/* The document of all of them: PROBES_MAX chains of that size as base64 are some 6 MB. */
#define PROBE_RESULT_BYTES_MAX (8UL << 20)

/* RBAC's bindings that are kept of a cluster, one a subject: a large one has a few dozen that
 * count. A text among them: Kubernetes bounds names at 253 bytes, and users' and roles' not at all.
 * The document of all of them. */
#define CLUSTER_BINDINGS_MAX	 1024
#define CLUSTER_TEXT_BYTES_MAX	 512
#define CLUSTER_RESULT_BYTES_MAX (4UL << 20)

/* Files that are looked at, of all components: a control plane has a hundred. In one directory and
 * how deep below it: a PKI tree has forty in two levels. */
#define FILE_FACTS_MAX	   4096
#define FILE_DIRECTORY_MAX 512
#define FILE_DEPTH_MAX	   8
/* Directories on the way to a file, and links followed there: the kernel follows as many. */
#define PATH_STEPS_MAX 64
#define PATH_LINKS_MAX 40
/* The access list of a file: some 500 entries; of them so many are named. */
#define ACCESS_LIST_BYTES_MAX 4096
#define ACCESS_NAMES_MAX      8

/* Components whose argv at exec is remembered, of EXEC_ARGUMENTS_MAX bytes each: a node has ten,
 * some nested ones more. */
#define EXEC_MEMORY_MAX 64
/* Components whose version was told by themselves: as many. */
#define LIVE_VERSIONS_MAX 64

#endif
