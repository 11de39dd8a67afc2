/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules that the rows of several components share, and how their remedies are written.
 */
#ifndef CHECK_CONTROL_PLANE_H
#define CHECK_CONTROL_PLANE_H

#include "check/judge.h"

/* What a person does about a flag; k3s and RKE2 take flags from a file of their own. */
#define SET_FLAG(program, flag)                                                                    \
	"set --" flag " in /etc/kubernetes/manifests/" program ".yaml (k3s: " program              \
	"-arg: [\"" flag "\"] in /etc/rancher/k3s/config.yaml)"
#define SET_FLAG_AND(program, flag, more) SET_FLAG(program, flag) more
#define SET_FLAGS(program, one, other)                                                             \
	"set --" one " and --" other " in /etc/kubernetes/manifests/" program                      \
	".yaml (k3s: " program "-arg: [\"" one "\", \"" other                                      \
	"\"] in /etc/rancher/k3s/config.yaml)"
#define DROP_FLAG(program, flag)                                                                   \
	"take --" flag " out of /etc/kubernetes/manifests/" program ".yaml (k3s: out of " program  \
	"-arg in /etc/rancher/k3s/config.yaml)"

#define FLAGS_PAGE(program)                                                                        \
	"https://kubernetes.io/docs/reference/command-line-tools-reference/" program "/"

/*
 * Two settings that do nothing without each other, a certificate and its key: the row's setting,
 * and the one that stands as the expectation's value. The second form says whether both are set,
 * and else has recorded the draft.
 */
void control_plane_judge_pair(struct judge *judge, const struct component *component);
bool control_plane_draft_pair(struct draft *draft, const struct component *component);

/*
 * Whether the row's setting, an address, and the live sockets on the port give the server to this
 * host alone. Port 0 is a server that is off, -1 one whose port is not known. The first form takes
 * the component's secure port.
 */
void control_plane_judge_bind_address(struct judge *judge, const struct component *component);
void control_plane_judge_reach(struct draft *draft, const struct component *component,
			       int64_t port);

/*
 * The port that old releases served without TLS and credentials; the row's setting names it. A
 * socket is worth more than the flag: some releases ignored --port=0, later ones ignored any other.
 */
void control_plane_judge_insecure_port(struct judge *judge, const struct component *component);

#endif
