/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that should hold certificates. Only CERTIFICATE blocks are parsed, as the Go programs do
 * that use these files; private keys are noticed, never parsed and never asked a passphrase for,
 * and the bytes read are wiped. What is wrong with a file is in its `problem`: a phrase that
 * follows the path ("does not exist", "holds DER, where PEM is due").
 */
#ifndef OBSERVE_CERTIFICATE_CERTIFICATE_FILE_H
#define OBSERVE_CERTIFICATE_CERTIFICATE_FILE_H

#include "nodelatch/certificate.h"

#include "base/arena.h"

/* root is the root of the process that uses the file. Returns 0 or -ENOMEM. */
int certificate_file_read(int root, const char *path, struct arena *arena,
			  struct certificate_file *ret_file);
/* The same for PEM text inside the file at `path`, a kubeconfig. Returns 0 or -ENOMEM. */
int certificate_data_read(const char *pem, size_t length, const char *path, struct arena *arena,
			  struct certificate_file *ret_file);

#endif
