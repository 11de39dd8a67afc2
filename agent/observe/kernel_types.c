/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/kernel_types.h"

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NAME_SLOTS  2048 /* a power of two; our programs name 150 types and members */
#define NAMES_MAX   (NAME_SLOTS / 2)
#define MEMBERS_MAX 64 /* of one type that a program reads; the most is 20 */
#define NESTING_MAX 16 /* types within one another; the kernel's sockets nest seven */

struct kernel_types {
	struct btf *btf;
};

/* A set of names, which belong to the object they were taken from. */
struct name_set {
	const char *slots[NAME_SLOTS];
	size_t count;
};

/* One cut in the making. */
struct cut {
	const struct btf *from;
	struct btf *to;
	struct name_set types, members;
	int32_t *copies; /* by id in `from`: id in `to`; 0: not copied yet */
};

static int copy_type(struct cut *cut, uint32_t id, int nesting);

/* Where the name is, or would be. */
static size_t name_slot(const struct name_set *set, const char *name)
{
	uint32_t hash = 2166136261U; /* FNV-1a */

	for (const char *at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	size_t slot = hash & (NAME_SLOTS - 1);

	while (set->slots[slot] && strcmp(set->slots[slot], name) != 0)
		slot = (slot + 1) & (NAME_SLOTS - 1);
	return slot;
}

static int name_add(struct name_set *set, const char *name)
{
	const char **slot = &set->slots[name_slot(set, name)];

	if (!*slot && set->count++ == NAMES_MAX)
		return -E2BIG;
	*slot = name;
	return 0;
}

static bool name_is_in(const struct name_set *set, const char *name)
{
	return set->slots[name_slot(set, name)] != NULL;
}

static bool is_named(const struct btf *btf, const struct btf_type *type)
{
	return *btf__name_by_offset(btf, type->name_off) != '\0';
}

/* The names of all types and members that the program was compiled with. */
static int collect_names(struct cut *cut, const struct btf *program)
{
	int error =
		name_add(&cut->members, ""); /* the kernel nests without names where we do not */

	for (uint32_t id = 1; id < btf__type_cnt(program) && !error; id++) {
		const struct btf_type *type = btf__type_by_id(program, id);

		if (!btf_is_composite(type) && !btf_is_any_enum(type))
			continue;
		if (is_named(program, type))
			error = name_add(&cut->types, btf__name_by_offset(program, type->name_off));
		for (uint16_t i = 0; btf_is_composite(type) && i < btf_vlen(type) && !error; i++)
			error = name_add(
				&cut->members,
				btf__name_by_offset(program, btf_members(type)[i].name_off));
	}
	return error;
}

static int copy_enum(struct cut *cut, const struct btf_type *type, const char *name)
{
	if (btf_is_enum64(type)) /* none of ours is that wide: size and kind are enough */
		return btf__add_enum64(cut->to, name, type->size, false);
	int id = btf__add_enum(cut->to, name, type->size);

	for (uint16_t i = 0; i < btf_vlen(type) && id > 0; i++) {
		const struct btf_enum *value = &btf_enum(type)[i];
		int error = btf__add_enum_value(
			cut->to, btf__name_by_offset(cut->from, value->name_off), value->val);

		if (error < 0)
			return error;
	}
	return id;
}

static int copy_array(struct cut *cut, const struct btf_type *type, int nesting)
{
	const struct btf_array *array = btf_array(type);
	int item = copy_type(cut, array->type, nesting);
	int index = item < 0 ? item : copy_type(cut, array->index_type, nesting);

	return index < 0 ? index : btf__add_array(cut->to, index, item, array->nelems);
}

/* A struct or union with those of its members that are read. What they are made of comes first,
 * since members can only be added to the last type. */
static int copy_composite(struct cut *cut, const struct btf_type *type, const char *name,
			  int nesting)
{
	uint16_t chosen[MEMBERS_MAX];
	int types[MEMBERS_MAX], count = 0;

	for (uint16_t i = 0; i < btf_vlen(type); i++) {
		const struct btf_member *member = &btf_members(type)[i];

		if (!name_is_in(&cut->members, btf__name_by_offset(cut->from, member->name_off)))
			continue;
		if (count == MEMBERS_MAX)
			return -E2BIG;
		types[count] = copy_type(cut, member->type, nesting);
		if (types[count] < 0)
			return types[count];
		chosen[count++] = i;
	}
	int id = btf_is_union(type) ? btf__add_union(cut->to, name, type->size)
				    : btf__add_struct(cut->to, name, type->size);

	for (int i = 0; i < count && id > 0; i++) {
		const struct btf_member *member = &btf_members(type)[chosen[i]];
		int error =
			btf__add_field(cut->to, btf__name_by_offset(cut->from, member->name_off),
				       types[i], btf_member_bit_offset(type, chosen[i]),
				       btf_member_bitfield_size(type, chosen[i]));

		if (error < 0)
			return error;
	}
	return id;
}

static int copy_new_type(struct cut *cut, const struct btf_type *type, int nesting)
{
	const char *name = btf__name_by_offset(cut->from, type->name_off);

	switch (btf_kind(type)) {
	case BTF_KIND_INT:
		return btf__add_int(cut->to, name, type->size, btf_int_encoding(type));
	case BTF_KIND_PTR: /* where it leads is another type's business */
		return btf__add_ptr(cut->to, 0);
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		return copy_enum(cut, type, name);
	case BTF_KIND_ARRAY:
		return copy_array(cut, type, nesting);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return copy_composite(cut, type, name, nesting);
	default:
		return -EOPNOTSUPP;
	}
}

/* Returns the id of the copy, or -errno. */
static int copy_type(struct cut *cut, uint32_t id, int nesting)
{
	const struct btf_type *type = btf__type_by_id(cut->from, id);

	if (nesting == NESTING_MAX)
		return -ELOOP;
	while (type && (btf_is_mod(type) || btf_is_typedef(type))) {
		id = type->type;
		type = btf__type_by_id(cut->from, id);
	}
	if (!type)
		return -EINVAL;
	if (!cut->copies[id])
		cut->copies[id] = copy_new_type(cut, type, nesting + 1);
	return cut->copies[id];
}

/* Everything of a name that the program uses; of two types with one name both, as libbpf wants. */
static int copy_all(struct cut *cut)
{
	for (uint32_t id = 1; id < btf__type_cnt(cut->from); id++) {
		const struct btf_type *type = btf__type_by_id(cut->from, id);

		if ((!btf_is_composite(type) && !btf_is_any_enum(type)) ||
		    !is_named(cut->from, type) ||
		    !name_is_in(&cut->types, btf__name_by_offset(cut->from, type->name_off)))
			continue;
		int copy = copy_type(cut, id, 0);

		if (copy < 0)
			return copy;
	}
	return 0;
}

static int write_all(int fd, const char *data, size_t length)
{
	while (length) {
		ssize_t written = write(fd, data, length);

		if (written < 0)
			return -errno;
		data += written;
		length -= (size_t)written;
	}
	return 0;
}

static void cut_done(struct cut **owned)
{
	struct cut *cut = *owned;

	if (!cut)
		return;
	btf__free(cut->to);
	free(cut->copies);
	free(cut);
}

static int make_cut(const struct kernel_types *types, const struct bpf_object *object,
		    struct cut **ret_cut)
{
	CLEANUP(cut_done) struct cut *cut = calloc(1, sizeof(*cut));

	if (!cut)
		return -ENOMEM;
	cut->from = types->btf;
	cut->to = btf__new_empty();
	cut->copies = calloc(btf__type_cnt(types->btf), sizeof(*cut->copies));
	if (!cut->to || !cut->copies)
		return -ENOMEM;
	int error = collect_names(cut, bpf_object__btf(object));

	if (!error)
		error = copy_all(cut);
	if (!error)
		*ret_cut = take_ptr(cut);
	return error;
}

int kernel_types_write(const struct kernel_types *types, const struct bpf_object *object, int fd)
{
	CLEANUP(cut_done) struct cut *cut = NULL;
	uint32_t length;
	int error = make_cut(types, object, &cut);
	/* a kernel with types as we do not know them: slower with all of them, and as right */
	const void *data = btf__raw_data(error < 0 ? types->btf : cut->to, &length);

	return data ? write_all(fd, data, length) : -ENOMEM;
}

int kernel_types_open(struct kernel_types **ret_types)
{
	struct kernel_types *types = calloc(1, sizeof(*types));

	if (!types)
		return -ENOMEM;
	types->btf = btf__load_vmlinux_btf();
	if (!types->btf) {
		int error = errno == ENOMEM ? -ENOMEM : -ENOENT;

		free(types);
		return error;
	}
	*ret_types = types;
	return 0;
}

void kernel_types_close(struct kernel_types *types)
{
	if (!types)
		return;
	btf__free(types->btf);
	free(types);
}
