/* SPDX-License-Identifier: Apache-2.0 */
/* What a plain scalar means to go-yaml version 2, which reads YAML 1.1. */
#ifndef OBSERVE_READING_YAML11_H
#define OBSERVE_READING_YAML11_H

#include "base/yaml.h"
#include "observe/reading/document.h"

/* Fills kind and value. Returns 0, -EINVAL for a value that go-yaml or JSON refuses, or -ENOMEM. */
int yaml11_resolve(const struct yaml_node *scalar, struct arena *arena,
		   struct document *ret_document);

#endif
