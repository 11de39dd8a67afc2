/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The warden: the privileged half of the agent. It builds the parts, joins them, and turns the
 * loop:
 *
 *   watchers say "look" -> observer reads what is true -> checks judge -> ledger says what is new
 *   -> lines on stdout, tails on the control socket, the courier to the collector
 *
 * It opens no IP socket.
 */
#ifndef WARDEN_WARDEN_H
#define WARDEN_WARDEN_H

#define HOST_NETNS_PATH "/proc/1/ns/net"

struct warden_options {
	const char *policy_path;   /* NULL: the built-in default */
	const char *netns_path;	   /* the network namespace to guard and judge as the host's */
	const char *control_path;  /* of the control socket */
	const char *pin_directory; /* on a bpffs */
	const char *courier_path;  /* the program; NULL: beside this one, or the libexec folder */
};

/* Runs until SIGTERM or SIGINT. Returns an exit status of commands/commands.h. */
int warden_run(const struct warden_options *options);

#endif
