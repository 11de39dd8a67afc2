/* SPDX-License-Identifier: Apache-2.0 */
#include "prober/own_address.h"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <string.h>

#include "model/address.h"

static bool is_address(const struct sockaddr *one, const struct address *address)
{
	const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)one;
	const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)one;

	if (!one || one->sa_family != (address->is_ipv6 ? AF_INET6 : AF_INET))
		return false;
	if (address->is_ipv6)
		return memcmp(&six->sin6_addr, address->bytes, 16) == 0;
	return memcmp(&four->sin_addr, address->bytes, 4) == 0;
}

bool address_is_own(const struct address *address)
{
	struct ifaddrs *list = NULL;
	bool is_own = false;

	if (address_is_loopback(address))
		return true;
	if (address->is_ipv6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80)
		return false;
	if (getifaddrs(&list) < 0)
		return false;
	for (const struct ifaddrs *one = list; one; one = one->ifa_next)
		is_own |= is_address(one->ifa_addr, address);
	freeifaddrs(list);
	return is_own;
}
