/* A TAP of our own in this network namespace, for stacks that are only there to be measured. */
#ifndef TAP_H
#define TAP_H
#include "common.h"
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

/* Non-blocking. With `offload` each frame has a virtio header in front, and may be a segment of 64 KiB, its checksum
 * unfinished. */
static inline int tap_opened(const char *name, int offload) {
    struct ifreq wanted = {.ifr_flags = (short) (IFF_TAP | IFF_NO_PI | (offload ? IFF_VNET_HDR : 0))};
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    strncpy(wanted.ifr_name, name, IFNAMSIZ - 1);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &wanted) < 0
            || (offload && ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0)) {
        die(name);
    }
    return fd;
}
#endif
