/* SPDX-License-Identifier: Apache-2.0 */
/* The maxima of looking for a component's version. Include base/limits.h. */
#ifndef BASE_LIMITS_VERSION_H
#define BASE_LIMITS_VERSION_H

/* A program's file: its sections and segments (a Go program has 40 and 12), one section's name,
 * what it says of its modules (a kubelet's 200 take 20 kB), its functions (a kubelet has 100,000),
 * the size of those that are looked for, and a version. */
#define ELF_TABLE_MAX	      1024
#define ELF_NAME_BYTES	      64
#define GO_MODULES_BYTES_MAX  (256UL << 10)
#define GO_FUNCTIONS_MAX      (1UL << 20)
#define GO_FUNCTION_BYTES_MAX (16UL << 10)
#define GO_VERSION_BYTES_MAX  64

/* dpkg's database: 2 kB a package; a desktop has 4,000. */
#define PACKAGES_BYTES_MAX (32UL << 20)

/* RPM's database: the longest value is one package's header (a kubelet's has 20 kB, a kernel's 2
 * MB); packages that list a file of one name; the text of one table (180 bytes); what is read of
 * the file; SQLite's memory (its cache has 2 MB); its instructions (a look-up takes some hundred,
 * so many take 20 ms). */
#define RPM_HEADER_BYTES_MAX (4UL << 20)
#define RPM_PACKAGES_MAX     16
#define RPM_SQL_BYTES_MAX    4096
#define RPM_READ_BYTES_MAX   (16UL << 20)
#define RPM_HEAP_BYTES_MAX   (16UL << 20)
#define RPM_STEPS_MAX	     1000000

/* Programs whose versions are remembered: a node has six or seven, some nested ones more. */
#define VERSION_MEMORY_MAX 64

#endif
