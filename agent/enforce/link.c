/* SPDX-License-Identifier: Apache-2.0 */
/* The one attachment of a guard to its network namespace. */
#include "enforce/guard_private.h"

#include <bpf/bpf.h>

static int read_link(int link, struct bpf_link_info *ret_info)
{
	uint32_t length = sizeof(*ret_info);

	*ret_info = (struct bpf_link_info){ 0 };
	return bpf_obj_get_info_by_fd(link, ret_info, &length);
}

/* A link whose namespace has died, or that was detached by force, has namespace 0. */
static bool is_ours(const struct guard *guard, const struct bpf_link_info *info)
{
	return info->type == BPF_LINK_TYPE_NETNS && info->netns.attach_type == BPF_SK_LOOKUP &&
	       info->netns.netns_ino == guard->netns;
}

void link_adopt(struct guard *guard)
{
	CLEANUP_CLOSE int link = -1;
	struct bpf_link_info info;

	if (!pins_get(&guard->pins, PIN_LINK, &link) && !read_link(link, &info) &&
	    is_ours(guard, &info))
		guard->link = take_fd(&link);
}

static int carry_trouble(struct guard *guard, int error)
{
	if (error == -E2BIG)
		return trouble_set(
			&guard->off, error,
			"bpftool net and bpftool link list show them; end those that are "
			"not needed",
			"64 sk_lookup programs, as many as the kernel takes, are "
			"attached to this network namespace");
	if (error == -EEXIST)
		return trouble_set(&guard->off, error, "bpftool prog list shows it; detach it",
				   "a program that was attached without a link has this network "
				   "namespace for itself");
	if (error == -EPERM)
		return trouble_set(
			&guard->off, error, "run the agent as root, or with CAP_NET_ADMIN",
			"the kernel did not let this agent attach the guard: %s", strerror(-error));
	return trouble_set(&guard->off, error, "`nodelatch doctor` shows what this kernel allows",
			   "the guard could not be attached: %s", strerror(-error));
}

int link_carry(struct guard *guard, const struct guard_bpf *program)
{
	struct bpf_link_info info;
	uint32_t id;
	int error = kernel_object_id(program_fd(program), &id);

	if (error < 0)
		return carry_trouble(guard, error);
	if (guard->link >= 0 && (read_link(guard->link, &info) < 0 || !is_ours(guard, &info))) {
		close(guard->link);
		guard->link = -1;
	}
	if (guard->link >= 0 && info.prog_id == id)
		return 0;
	if (guard->link >= 0) {
		error = bpf_link_update(guard->link, program_fd(program), NULL);
		return error < 0 ? carry_trouble(guard, error) : 0;
	}
	guard->link = bpf_link_create(program_fd(program), guard->netns_fd, BPF_SK_LOOKUP, NULL);
	if (guard->link >= 0)
		return 0;
	error = guard->link;
	guard->link = -1;
	return carry_trouble(guard, error);
}

int link_check(const struct guard *guard, struct trouble *trouble)
{
	static const char apply_again[] = "reload the agent (SIGHUP): it attaches the guard again";
	struct bpf_link_info info;
	uint32_t id;
	int error = guard->link >= 0 ? read_link(guard->link, &info) : -ENOENT;

	if (!error)
		error = kernel_object_id(program_fd(guard->program), &id);
	if (error < 0)
		return trouble_set(trouble, error, apply_again, "the guard is not attached: %s",
				   strerror(-error));
	if (!is_ours(guard, &info))
		return trouble_set(trouble, -ENOLINK, apply_again,
				   "somebody has detached the guard from its network namespace");
	if (info.prog_id != id)
		return trouble_set(trouble, -ESTALE, apply_again,
				   "somebody has put another program (id %u) in the guard's place",
				   info.prog_id);
	return 0;
}
