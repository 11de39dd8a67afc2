/* SPDX-License-Identifier: Apache-2.0 */
/* The flags of tiller, the server of Helm 2. What --tls and --tls-verify are without a flag stands
 * in its environment. */
#include "observe/control_plane/programs.h"
#include "observe/control_plane/rows.h"

static const struct field FIELDS[] = {
	FLAG("listen", TEXT, ":44134"),	    FLAG("probe-listen", TEXT, ":44135"),
	FLAG("storage", TEXT, "configmap"), FLAG("tls", BOOLEAN, NULL),
	FLAG("tls-verify", BOOLEAN, NULL),  FLAG("tls-key", PATH, NULL),
	FLAG("tls-cert", PATH, NULL),	    FLAG("tls-ca-cert", PATH, NULL),
	FLAG("trace", BOOLEAN, NULL),	    FLAG("history-max", INT32, "0"),
};

static const char *const BARE_FLAGS[] = {
	"alsologtostderr", "experimental-release", "help", "logtostderr", "probe", "version", NULL,
};

static const char *const VALUE_FLAGS[] = {
	"log-backtrace-at",
	"log-dir",
	"sql-connection-string",
	"sql-dialect",
	"stderrthreshold",
	"v",
	"vmodule",
	NULL,
};

const struct schema TILLER_SCHEMA = {
	.program = "tiller",
	.configuration = "a configuration of tiller",
	.word = "tiller",
	.major = 2,
	.marks = SCHEMA_KEEPS_UNDERSCORES,
	SCHEMA_TABLES,
};
