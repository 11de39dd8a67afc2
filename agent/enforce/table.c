/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/table.h"

#include "base/limits.h"
#include "base/time.h"
#include "model/address.h"

_Static_assert(GUARD_RULES_MAX == RULES_MAX, "the kernel's tables hold every policy");

struct guard_rule_key guard_key(uint16_t port, enum transport transport)
{
	return (struct guard_rule_key){
		.port = port,
		.transport = transport == TRANSPORT_UDP ? GUARD_UDP : GUARD_TCP,
	};
}

enum transport guard_transport(const struct guard_rule_key *key)
{
	return key->transport == GUARD_UDP ? TRANSPORT_UDP : TRANSPORT_TCP;
}

/* A network inside ::ffff:0:0/96 means IPv4 clients. */
static struct cidr unmapped_network(const struct cidr *network)
{
	struct address address = address_unmapped(&network->address);

	if (!network->address.is_ipv6 || address.is_ipv6 || network->prefix_length < 96)
		return *network;
	return (struct cidr){ .address = address, .prefix_length = network->prefix_length - 96 };
}

static struct guard_allowed allowed_entry(const struct guard_rule_key *key,
					  const struct cidr *network)
{
	struct cidr plain = unmapped_network(network);
	struct guard_allowed allowed = {
		.prefix_length = GUARD_ALLOWED_FIXED_BITS + plain.prefix_length,
		.peer = { .rule = *key, .family = plain.address.is_ipv6 ? 6 : 4 },
	};

	memcpy(allowed.peer.address, plain.address.bytes, plain.address.is_ipv6 ? 16 : 4);
	return allowed;
}

/* Rounded to seconds, so that one policy read twice gives one table. A time that has passed stays
 * what it is: never 0, which would mean for ever. */
static unsigned long long boot_time_of(int64_t until, int64_t now_ns)
{
	int64_t boot_ns = time_now_ns() - time_boot_offset_ns();
	int64_t boot_at_1970 = (now_ns - boot_ns + NS_PER_S / 2) / NS_PER_S;
	int64_t seconds = until - boot_at_1970;

	return seconds <= 0 ? 1 : (unsigned long long)seconds * (unsigned long long)NS_PER_S;
}

static struct guard_rule rule_value(const struct port_rule *rule, int64_t now_ns)
{
	struct guard_rule value = { 0 };

	if (rule->allows_loopback)
		value.flags |= GUARD_ALLOWS_LOOPBACK;
	if (rule->allow_count)
		value.flags |= GUARD_ALLOWS_NETWORKS;
	if (value.flags && rule->allow_until)
		value.allow_until_ns = boot_time_of(rule->allow_until, now_ns);
	return value;
}

/* The first rule of the policy that names this port and transport, whatever its action. */
static const struct port_rule *first_for(const struct settings *settings,
					 const struct port_rule *rule)
{
	for (const struct port_rule *other = settings->ports; other < rule; other++)
		if (other->port == rule->port && other->transport == rule->transport)
			return other;
	return rule;
}

static int add_rule(struct guard_table *table, const struct settings *settings,
		    const struct port_rule *rule, int64_t now_ns)
{
	const struct port_rule *first = first_for(settings, rule);
	struct guard_entry *entry = &table->entries[table->count];

	*entry = (struct guard_entry){
		.name = arena_text(table->arena, rule->name),
		.key = guard_key(rule->port, rule->transport),
		.rule = rule_value(rule, now_ns),
		.wants_all_namespaces = rule->all_namespaces,
	};
	if (first != rule)
		entry->shadowed_by = arena_text(table->arena, first->name);
	if (!entry->name || (first != rule && !entry->shadowed_by))
		return -ENOMEM;
	table->count++;
	if (entry->shadowed_by)
		return 0;
	table->active_count++;
	for (size_t i = 0; i < rule->allow_count; i++)
		table->allowed[table->allowed_count++] =
			allowed_entry(&entry->key, &rule->allow[i]);
	return 0;
}

static int add_rules(struct guard_table *table, const struct settings *settings, int64_t now_ns)
{
	size_t networks = 0;

	for (size_t i = 0; i < settings->port_count; i++)
		networks += settings->ports[i].allow_count;
	table->entries = arena_array(table->arena, settings->port_count, sizeof(*table->entries));
	table->allowed = arena_array(table->arena, networks, sizeof(*table->allowed));
	if (!table->entries || !table->allowed)
		return -ENOMEM;
	for (size_t i = 0; i < settings->port_count; i++) {
		const struct port_rule *rule = &settings->ports[i];
		int error =
			rule->action == ACTION_REFUSE ? add_rule(table, settings, rule, now_ns) : 0;

		if (error < 0)
			return error;
	}
	return 0;
}

int guard_table_new(const struct settings *settings, int64_t now_ns, struct guard_table **ret_table)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct guard_table *table = arena ? arena_alloc(arena, sizeof(*table)) : NULL;
	int error;

	if (!table)
		return -ENOMEM;
	table->arena = arena;
	error = add_rules(table, settings, now_ns);
	if (error < 0)
		return error;
	take_ptr(arena);
	*ret_table = table;
	return 0;
}

void guard_table_free(struct guard_table *table)
{
	if (table)
		arena_free(table->arena);
}

static bool entries_equal(const struct guard_entry *one, const struct guard_entry *other)
{
	return !memcmp(&one->key, &other->key, sizeof(one->key)) &&
	       !memcmp(&one->rule, &other->rule, sizeof(one->rule)) &&
	       !one->shadowed_by == !other->shadowed_by;
}

bool guard_table_equal(const struct guard_table *one, const struct guard_table *other)
{
	if (one->count != other->count || one->allowed_count != other->allowed_count)
		return false;
	for (size_t i = 0; i < one->count; i++)
		if (!entries_equal(&one->entries[i], &other->entries[i]))
			return false;
	return !one->allowed_count ||
	       !memcmp(one->allowed, other->allowed, one->allowed_count * sizeof(*one->allowed));
}

const struct guard_entry *guard_table_find(const struct guard_table *table,
					   const struct guard_rule_key *key)
{
	for (size_t i = 0; i < table->count; i++)
		if (!table->entries[i].shadowed_by &&
		    !memcmp(&table->entries[i].key, key, sizeof(*key)))
			return &table->entries[i];
	return NULL;
}
