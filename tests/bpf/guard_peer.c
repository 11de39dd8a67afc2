/* SPDX-License-Identifier: Apache-2.0 */
/* A second network namespace, joined by a veth pair; by netlink, since some of the kernels that
 * this runs on have no ip command. */
#include "bpf/guard_support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[512];
};

static struct rtattr *attribute_begin(struct request *request, unsigned short type)
{
	struct rtattr *attribute =
		(struct rtattr *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(0);
	request->header.nlmsg_len += RTA_SPACE(0);
	return attribute;
}

static void attribute_end(struct request *request, struct rtattr *attribute)
{
	attribute->rta_len =
		(unsigned short)((char *)request + request->header.nlmsg_len - (char *)attribute);
}

static void attribute_add(struct request *request, unsigned short type, const void *data,
			  unsigned length)
{
	struct rtattr *attribute = attribute_begin(request, type);

	memcpy(RTA_DATA(attribute), data, length);
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	request->header.nlmsg_len += RTA_ALIGN(length);
}

static int send_request(struct request *request)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[1024];
	} answer = { 0 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	assert_int_equal(send(fd, request, request->header.nlmsg_len, 0),
			 request->header.nlmsg_len);
	assert_true(recv(fd, &answer, sizeof(answer), 0) > 0);
	close(fd);
	return answer.error.error;
}

/* "near" here, "far" in the other namespace. */
static int add_veth(int far_netns)
{
	struct request request = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
	};
	struct rtattr *info, *data, *peer;

	attribute_add(&request, IFLA_IFNAME, "near", 5);
	info = attribute_begin(&request, IFLA_LINKINFO);
	attribute_add(&request, IFLA_INFO_KIND, "veth", 5);
	data = attribute_begin(&request, IFLA_INFO_DATA);
	peer = attribute_begin(&request, VETH_INFO_PEER);
	request.header.nlmsg_len += (unsigned)sizeof(struct ifinfomsg);
	attribute_add(&request, IFLA_IFNAME, "far", 4);
	attribute_add(&request, IFLA_NET_NS_FD, &far_netns, sizeof(far_netns));
	attribute_end(&request, peer);
	attribute_end(&request, data);
	attribute_end(&request, info);
	return send_request(&request);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		assert_int_equal(write(fd, text, strlen(text)), strlen(text));
		close(fd);
	}
}

static void set_ipv4(int fd, const char *interface, const char *address)
{
	struct ifreq request = { 0 };
	struct sockaddr_in *name = (struct sockaddr_in *)&request.ifr_addr;

	memcpy(request.ifr_name, interface, strlen(interface));
	name->sin_family = AF_INET;
	inet_pton(AF_INET, address, &name->sin_addr);
	assert_int_equal(ioctl(fd, SIOCSIFADDR, &request), 0);
	request.ifr_flags = IFF_UP;
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &request), 0);
}

static void set_ipv6(const char *interface, const char *address)
{
	struct {
		struct in6_addr address;
		uint32_t prefix_length;
		int interface;
	} request = { .prefix_length = 64, .interface = (int)if_nametoindex(interface) };
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET6, address, &request.address);
	assert_int_equal(ioctl(fd, SIOCSIFADDR, &request), 0);
	close(fd);
}

/* The kernel brings a new link up in its own time, up to a second. */
static void wait_until_running(int fd, const char *interface)
{
	struct ifreq request = { 0 };

	memcpy(request.ifr_name, interface, strlen(interface));
	for (int i = 0; i < 400 && !(request.ifr_flags & IFF_RUNNING); i++) {
		usleep(10000);
		assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
	}
	assert_true(request.ifr_flags & IFF_RUNNING);
}

static void wait_for_ipv6(const char *interface)
{
	char line[128], name[IFNAMSIZ];
	unsigned scope, flags;
	bool ready = false;

	for (int i = 0; i < 400 && !ready; i++) {
		FILE *file = fopen("/proc/thread-self/net/if_inet6", "re");

		while (file && fgets(line, sizeof(line), file))
			if (sscanf(line, "%*s %*x %*x %x %x %15s", &scope, &flags, name) == 3 &&
			    scope == 0 && !(flags & IFA_F_TENTATIVE) && !strcmp(name, interface))
				ready = true;
		if (file)
			fclose(file);
		usleep(10000);
	}
	assert_true(ready);
}

static void wait_until_up(const char *interface)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	wait_until_running(fd, interface);
	wait_for_ipv6(interface);
	close(fd);
}

static void set_addresses(const char *interface, const char *v4, const char *v6)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char path[64];

	/* an address serves at once, without the second of duplicate detection */
	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/accept_dad", interface);
	write_file(path, "0");
	write_file("/proc/sys/net/ipv6/conf/all/accept_dad", "0");
	set_ipv4(fd, interface, v4);
	set_ipv6(interface, v6);
	close(fd);
}

int network_with_peer(const char *test)
{
	int here = network_here(), there, error;

	support_fresh_network(NULL);
	there = network_here();
	network_enter(here);
	error = add_veth(there);
	if (error == -EOPNOTSUPP) {
		printf("skip: %s: this kernel has no veth\n", test);
		close(here);
		close(there);
		return -1;
	}
	assert_int_equal(error, 0);
	set_addresses("near", HERE_V4, HERE_V6);
	network_enter(there);
	set_addresses("far", THERE_V4, THERE_V6);
	wait_until_up("far");
	network_enter(here);
	wait_until_up("near");
	close(here);
	return there;
}
