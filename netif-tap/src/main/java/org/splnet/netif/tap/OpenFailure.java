package org.splnet.netif.tap;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.splnet.net.DeviceException;
import org.splnet.unix.Errno;

/// Why a TAP could not be had, in words for the administrator: what was tried, error, cause and cure.
final class OpenFailure {
    static final String TUN = "/dev/net/tun";
    private static final String NEEDS_ADMIN =
            "needs CAP_NET_ADMIN: run it with sudo, or as systemd/splnetd.service does";

    private OpenFailure() {
    }

    /// The control device did not open.
    static DeviceException opening(String name, int errno) {
        String why = switch (errno) {
            case Errno.ENOENT -> "there is no such file: modprobe tun; if that does not make it, mkdir -p"
                    + " /dev/net && mknod " + TUN + " c 10 200 (in a container: --device " + TUN + ")";
            case Errno.ENODEV, Errno.ENXIO -> "the kernel has no TUN/TAP driver loaded: modprobe tun";
            case Errno.EACCES, Errno.EPERM -> "this user may not, or the container's device rules forbid it:"
                    + " run it with sudo, or in the container with --device " + TUN;
            case Errno.EMFILE -> "too many open files: raise the limit (ulimit -n, LimitNOFILE=)";
            default -> "";
        };
        return failed("cannot open " + TUN + " for " + name, errno, why);
    }

    /// The device was neither created nor attached to.
    ///
    /// @param existing what has the name already, or null
    static DeviceException attaching(String name, int errno, Link existing) {
        String what = (existing == null ? "cannot create the TAP " : "cannot attach to ") + name;
        if (existing != null && !existing.tap()) {
            return failed(what, errno, "it exists and is not a TAP" + kind(existing)
                    + ": choose another name, or remove it with: ip link del " + name);
        }
        String why = switch (errno) {
            case Errno.EPERM -> existing == null ? NEEDS_ADMIN
                    : "it belongs to another user, and without CAP_NET_ADMIN only its owner may: run it with"
                    + " sudo, or make it anew with: ip tuntap add " + name + " mode tap user NAME";
            case Errno.EBUSY, Errno.E2BIG -> holder(name) + ": stop that, or choose another name";
            case Errno.EINVAL -> existing != null && !existing.multiQueue()
                    ? "it was made for one queue, but several are asked for: leave out queues, or make"
                    + " it anew with: ip link del " + name + " && ip tuntap add " + name
                    + " mode tap multi_queue"
                    : "the kernel knows no such kind of device, or refuses the name";
            default -> "";
        };
        return failed(what, errno, why);
    }

    /// The host's side was not to be configured.
    ///
    /// @param explanation the kernel's own words, or nothing
    static DeviceException configuring(String what, int errno, String explanation) {
        String why = switch (errno) {
            case Errno.EPERM, Errno.EACCES -> NEEDS_ADMIN;
            case Errno.EOPNOTSUPP -> "the kernel or the other interface does not support it";
            case Errno.EBUSY -> "something else has hold of it";
            default -> "";
        };
        return failed("cannot " + what, errno, explanation.isEmpty() ? why
                : why.isEmpty() ? explanation : why + "; the kernel says: " + explanation);
    }

    private static DeviceException failed(String what, int errno, String why) {
        return new DeviceException(what + ": " + Errno.name(errno) + (why.isEmpty() ? "" : " (" + why + ")"));
    }

    private static String kind(Link link) {
        return switch (link.kind()) {
            case "" -> " but a network card or the like";
            case "tun" -> " but a TUN, which carries no Ethernet frames";
            default -> " but of kind " + link.kind();
        };
    }

    // The kernel names the device in the fdinfo of each descriptor that is attached to one; of a device of
    // that name in another network namespace it says the same.
    private static String holder(String name) {
        Path first = null;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, name)) {
                    if (here(process)) {
                        return has(process);
                    }
                    first = first == null ? process : first;
                }
            }
            if (first != null) {
                return has(first);
            }
        } catch (IOException e) {
            // the general advice has to do
        }
        return "another process has it; find it with: sudo grep -lP 'iff:\\t" + name
                + "$' /proc/[0-9]*/fdinfo/*";
    }

    private static String has(Path process) throws IOException {
        String command = Files.readString(process.resolve("comm")).strip();
        return "process " + process.getFileName() + " (" + command + ") has it";
    }

    /// True if it is in the network namespace that this process is in.
    private static boolean here(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/net"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/net")));
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean holds(Path process, String name) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fdinfo"))) {
            for (Path descriptor : descriptors) {
                if (Files.readString(descriptor).contains("iff:\t" + name + "\n")) {
                    return true;
                }
            }
        } catch (IOException e) {
            // gone meanwhile, or another user's
        }
        return false;
    }
}
