package org.splnet.netif.stream;

import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.driver.DescriptorSleep;
import org.splnet.kern.Clock;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.net.StableMac;
import org.splnet.wire.MacAddr;

/// Opens a Unix socket as a cable to one virtual machine. It is open at once, whether or not the machine is
/// there, which may come, go and come again.
public final class StreamDriver implements NetIfDriver {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.stream");

    @Override
    public String type() {
        return "stream";
    }

    @Override
    public Set<String> optionKeys() {
        return StreamOptions.KEYS;
    }

    @Override
    public void validate(DeviceSpec spec) {
        StreamOptions.of(spec);
    }

    @Override
    public NetDevice open(DeviceSpec spec) throws DeviceException {
        StreamOptions options = StreamOptions.of(spec);
        String path = options.path().toString();
        MacAddr mac = spec.mac() != null ? spec.mac() : StableMac.of("stream", path);
        Meeting meeting = options.listen() ? Listening.at(options.path()) : new Dialling(path);
        try {
            var queue = new StreamQueue(spec.name(), path, meeting, new DescriptorSleep(-1), options.mtu(),
                    Clock.system());
            LOG.info("stream opened device={} path={} {} mac={} mtu={}", spec.name(), path,
                    options.listen() ? "listening" : "connecting", mac, options.mtu());
            return new OneQueueDevice(spec.name(), mac, options.mtu(), 0, queue, queue::close) {
                @Override
                public boolean carrier() {
                    return queue.carrier();
                }
            };
        } catch (DeviceException | RuntimeException e) {
            meeting.close();
            throw e;
        }
    }
}
