/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a Go program's own file says of its making: the modules it was built from, the variables
 * the linker set, and a variable that one of its functions reads.
 *
 * Released Kubernetes binaries are stripped, and Go leaves the linker's flags out of what it
 * records when paths are trimmed: of those only the code tells the version, in the functions of
 * k8s.io/component-base/version that read gitVersion.
 */
#ifndef OBSERVE_VERSION_GO_BUILD_H
#define OBSERVE_VERSION_GO_BUILD_H

#include "observe/version/elf.h"

/* The text that `go version -m` prints: lines of words with tabs between. Returns 0, -ENOENT: it
 * has none, or another error. */
int go_build_text(const struct elf *elf, struct arena *arena, const char **ret_text);
/* The version of a module that was built in, that of its replacement where there is one; NULL:
 * it is not there, or has none. */
const char *go_build_module(const char *text, const char *module, struct arena *arena);
/* What the linker set a variable to by -X, where the text tells: its name with its package, which
 * may stand below a vendor directory. NULL: it does not say. */
const char *go_build_variable(const char *text, const char *variable, struct arena *arena);
/*
 * The Kubernetes version that the functions of k8s.io/component-base/version read from their
 * variables, "v1.31.4"; NULL where the code is not understood or shows several.
 */
const char *go_code_version(const struct elf *elf, struct arena *arena);
/* Whether a text is a release of Kubernetes: "v1.31.4", with a suffix or without. */
bool go_is_release(const char *text, size_t length);

#endif
