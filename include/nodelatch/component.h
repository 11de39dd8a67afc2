/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Kubernetes component on this node and the settings in force for it, each with how it is known.
 */
#ifndef NODELATCH_COMPONENT_H
#define NODELATCH_COMPONENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nodelatch/certificate.h"
#include "nodelatch/process.h"
#include "nodelatch/setting.h"

enum problem_kind {
	PROBLEM_UNKNOWN_KEY,   /* the component would warn and go on */
	PROBLEM_DUPLICATE_KEY, /* the same; the last one counts */
	PROBLEM_FATAL,	       /* the component itself would refuse to start */
	PROBLEM_UNREADABLE,    /* we could not read it: what hangs on it is unknown */
	PROBLEM_UNKNOWN_FLAG,  /* of argv; what runs was not stopped by it: a note */
};

/* Something wrong with an input of a component. */
struct problem {
	enum problem_kind kind;
	const char *path;    /* the file, as the process sees it; NULL for argv */
	unsigned line;	     /* 0 when not known */
	const char *message; /* names the thing and the way out */
};

/* A file that the component's effective settings were computed from. */
struct input_file {
	const char *path;      /* as the process sees it */
	const char *host_path; /* as this agent reaches it, to watch it for changes; NULL in a node
				  tree */
	bool exists;
	int64_t changed_at_ns; /* the later of mtime and ctime, wall clock; 0 when it does not exist
				*/
};

enum component_kind {
	COMPONENT_KUBELET,
	COMPONENT_KUBE_PROXY,
	COMPONENT_APISERVER,
	COMPONENT_CONTROLLER_MANAGER,
	COMPONENT_SCHEDULER,
	COMPONENT_ETCD,
	COMPONENT_DASHBOARD,
	COMPONENT_TILLER,
	COMPONENT_KIND_COUNT,
};

/* A file of certificates that a setting names, or that lies where the component keeps its own. */
struct named_certificates {
	const char *name; /* the setting, "authentication.x509.clientCAFile", "--etcd-cafile"; else
			     the file's name, "kubelet-server-current.pem" */
	struct certificate_file file;
};

/* A Kubernetes component that runs on this node, with what is in force for it. */
struct component {
	enum component_kind kind;
	const struct process *process;
	const char *embedder;	    /* "k3s", "microk8s", ... when the component runs inside another
				       program; else NULL */
	const char *version;	    /* "1.31.9"; NULL when unknown */
	const char *version_detail; /* how it is known: "build info of /usr/bin/kubelet"; NULL
				       when unknown or said by the operator */
	bool version_is_live;	    /* only its own answer tells it */
	const char *distro;	    /* whose layout it follows: "kubeadm", "k3s"; NULL unknown */
	const char *node_name;	    /* the node identity this process claims; lower case */
	bool settings_known;	    /* false: no setting could be determined; problems say why */
	const struct setting *settings; /* sorted by name */
	size_t setting_count;
	const struct problem *problems;
	size_t problem_count;
	const struct input_file *inputs;
	size_t input_count;
	bool is_standalone;		 /* a kubelet without --kubeconfig */
	struct client_identity identity; /* certificate.h */
	const struct named_certificates *certificates;
	size_t certificate_count;
};

/* The setting of that name, or NULL. */
const struct setting *component_setting(const struct component *component, const char *name);
/* The file of certificates of that name, or NULL: then there is none to read. */
const struct certificate_file *component_certificates(const struct component *component,
						      const char *name);

#endif
