package org.splnet.netif.tap;

import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorSleep;
import org.splnet.kern.Clock;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.unix.Errno;
import org.splnet.unix.Libc;

/// Opens TAP devices: creates one, or attaches to one that is there, and sets up the host's side of it.
///
/// What exists already is used and not changed, except for what the specification asks for by name: an
/// address for the host, membership in a bridge.
public final class TapDriver implements NetIfDriver {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.tap");

    @Override
    public String type() {
        return "tap";
    }

    @Override
    public Set<String> optionKeys() {
        return TapOptions.KEYS;
    }

    @Override
    public void validate(DeviceSpec spec) {
        TapOptions.of(spec);
    }

    @Override
    public NetDevice open(DeviceSpec spec) throws DeviceException {
        TapOptions options = TapOptions.of(spec);
        var libc = new Libc();
        int[] fds = new int[options.queues()];
        Arrays.fill(fds, -1);
        try {
            Attachment kept = spec.descriptor() < 0 ? null : inherit(spec, fds, libc);
            try {
                for (int i = 0; i < fds.length; i++) {
                    fds[i] = fds[i] >= 0 ? fds[i] : tun(spec.name(), libc);
                }
            } finally {
                if (spec.descriptor() >= 0 && fds[0] != spec.descriptor()) {
                    libc.close(spec.descriptor());      // not before, or its number would be had again
                }
            }
            return open(spec, options, libc, fds, kept);
        } catch (DeviceException | RuntimeException e) {
            for (int fd : fds) {
                if (fd >= 0) {
                    libc.close(fd);
                }
            }
            throw e;
        }
    }

    /// Has the first descriptor be the one that was kept, if that is of any use: still attached, or if its
    /// device was deleted meanwhile, free for another.
    ///
    /// @return how it is attached; null if it is not
    private static Attachment inherit(DeviceSpec spec, int[] fds, Libc libc) {
        var tun = new TunIoctl(libc, spec.descriptor());
        Attachment kept = Attachment.kept(tun, spec.name(), fds.length > 1);
        if (kept == null) {
            LOG.warn("tap not as it was kept, opened anew device={}", spec.name());
        }
        if (kept != null || tun.flags(spec.name()) == -Errno.EBADFD) {
            fds[0] = spec.descriptor();
        }
        return kept;
    }

    private static int tun(String name, Libc libc) throws DeviceException {
        int fd = libc.open(OpenFailure.TUN, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (fd < 0) {
            throw OpenFailure.opening(name, -fd);
        }
        return fd;
    }

    private static NetDevice open(DeviceSpec spec, TapOptions options, Libc libc, int[] fds,
            Attachment kept) throws DeviceException {
        String name = spec.name();
        var setup = new TapSetup(spec, options, libc, fds);
        TapSetup.Result first = setup.first(kept);
        Negotiation terms = first.terms();
        LOG.info("tap opened device={} {} mac={} host-mac={} mtu={} queues={} virtio-header={} offloads={}",
                name, kept != null ? "kept" : first.created() ? "created" : "attached", first.mac(),
                first.link().mac(), first.mtu(), fds.length, terms.headerLen(), terms.names());
        var watch = new TapWatch(name, setup, first, Clock.system());
        try {
            return new TapDevice(name, first.mac(), terms.offloads(), fds[0], watch,
                    queues(name, fds, terms, watch));
        } catch (DeviceException e) {
            watch.end();
            throw e;
        }
    }

    private static TapQueue[] queues(String name, int[] fds, Negotiation terms, TapWatch watch)
            throws DeviceException {
        DescriptorSleep[] sleeps = new DescriptorSleep[fds.length];
        try {
            for (int i = 0; i < fds.length; i++) {
                sleeps[i] = new DescriptorSleep(fds[i]);
            }
        } catch (DeviceException e) {
            Arrays.stream(sleeps).filter(Objects::nonNull).forEach(DescriptorSleep::close);
            throw e;
        }
        TapQueue[] queues = new TapQueue[fds.length];
        for (int i = 0; i < fds.length; i++) {
            queues[i] = new TapQueue(name, fds[i], sleeps[i], terms.headerLen(), watch);
        }
        return queues;
    }
}
