/* SPDX-License-Identifier: Apache-2.0 */
/* Whether an address is this node's own: nothing else is ever asked. */
#ifndef PROBER_OWN_ADDRESS_H
#define PROBER_OWN_ADDRESS_H

#include "nodelatch/listener.h"

/* Loopback, or an address of an interface of this network namespace; a link-local IPv6 address is
 * none, since it names no place without its interface. */
bool address_is_own(const struct address *address);

#endif
