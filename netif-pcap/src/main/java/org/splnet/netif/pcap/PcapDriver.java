package org.splnet.netif.pcap;

import java.util.Set;
import org.pcap4j.core.BpfProgram;
import org.pcap4j.core.NotOpenException;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.pcap4j.core.Pcaps;
import org.pcap4j.packet.namednumber.DataLinkType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.net.DescriptorSleep;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.net.StableMac;
import org.splnet.pkt.Offload;
import org.splnet.wire.MacAddr;

/// Opens a NIC of the host through libpcap, beside the host's own kernel, under a station address of its own.
public final class PcapDriver implements NetIfDriver {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    /// The largest IP packet and its link headers: merged frames come whole.
    private static final int SNAPLEN = 65535 + 14 + 2 * 4;
    private static final int TIMEOUT_MS = 1;

    @Override
    public String type() {
        return "pcap";
    }

    @Override
    public Set<String> optionKeys() {
        return PcapOptions.KEYS;
    }

    @Override
    public void validate(DeviceSpec spec) {
        PcapOptions.of(spec);
    }

    @Override
    public NetDevice open(DeviceSpec spec) throws DeviceException {
        PcapOptions options = PcapOptions.of(spec);
        String device = options.device();
        try {
            if (Pcaps.getDevByName(device) == null) {
                throw OpenFailure.missing(device, Pcaps.findAllDevs());
            }
            HostNic nic = HostNic.find(device);
            if (nic == null) {
                throw OpenFailure.notANic(device);
            }
            if (spec.mtu() > nic.mtu()) {
                throw new DeviceException("mtu: " + spec.mtu() + ": " + device + " has an MTU of " + nic.mtu()
                        + ": ask for no more than that, or change it with: ip link set " + device + " mtu "
                        + spec.mtu());
            }
            MacAddr mac = mac(spec, options, nic);
            PcapHandle handle = new PcapHandle.Builder(device)
                    .snaplen(SNAPLEN)
                    .promiscuousMode(options.promiscuous() ? PromiscuousMode.PROMISCUOUS
                            : PromiscuousMode.NONPROMISCUOUS)
                    .timeoutMillis(TIMEOUT_MS)
                    .bufferSize(options.bufferSize())
                    .immediateMode(true)
                    .build();
            return start(spec, options, nic, mac, handle);
        } catch (PcapNativeException e) {
            throw OpenFailure.refused(device, e);
        } catch (LinkageError e) {
            throw OpenFailure.loading(device, e);
        }
    }

    private static MacAddr mac(DeviceSpec spec, PcapOptions options, HostNic nic) throws DeviceException {
        if (options.nicMac()) {
            if (nic.mac().equals(MacAddr.ZERO)) {
                throw new DeviceException("nic-mac: true: " + nic.name() + " has no station address");
            }
            return nic.mac();
        }
        return spec.mac() != null ? spec.mac() : StableMac.of("pcap", nic.name());
    }

    private static NetDevice start(DeviceSpec spec, PcapOptions options, HostNic nic, MacAddr mac,
            PcapHandle handle) throws DeviceException, PcapNativeException {
        try {
            if (!handle.getDlt().equals(DataLinkType.EN10MB)) {
                throw OpenFailure.notEthernet(nic.name(), handle.getDlt().name());
            }
            handle.setFilter(filter(mac), BpfProgram.BpfCompileMode.OPTIMIZE);
            handle.setDirection(PcapHandle.PcapDirection.IN);
            handle.setBlockingMode(PcapHandle.BlockingMode.NONBLOCKING);
            var sleep = new DescriptorSleep(NativeHandle.selectableDescriptor(handle));
            int mtu = spec.mtu() != 0 ? spec.mtu() : nic.mtu();
            LOG.info("nic opened device={} driver={} mac={} mtu={} promiscuous={}", nic.name(),
                    nic.driver(), mac, mtu, options.promiscuous());
            advise(options, nic, mac);
            var queue = new PcapQueue(handle, nic, sleep);
            return new OneQueueDevice(nic.name(), mac, mtu,
                    nic.mayBeUnfinished() ? Offload.RX_CHECKSUM | Offload.RX_MERGED : 0, queue, queue::close);
        } catch (DeviceException | PcapNativeException | RuntimeException e) {
            handle.close();
            throw e;
        } catch (NotOpenException e) {
            throw new IllegalStateException("a handle that nobody else has was closed", e);
        }
    }

    /// Frames for our station, for all and for groups, and not what we have sent ourselves.
    static String filter(MacAddr mac) {
        return "(ether dst " + mac + " or ether multicast) and not ether src " + mac;
    }

    private static void advise(PcapOptions options, HostNic nic, MacAddr mac) {
        if (nic.virtual()) {
            LOG.info("nic is virtual device={}: a sender on this machine leaves checksums unfinished and"
                    + " segments uncut; TCP is taken so, merged UDP dropped; to have it finished, on the"
                    + " sender's end: ethtool -K PEER tx off", nic.name());
        }
        if (nic.gro() || nic.lro()) {
            LOG.info("nic merges segments device={} gro={} lro={}: frames come larger than the MTU and with"
                            + " their checksums taken out; to have them as they were on the wire: ethtool -K"
                            + " {} gro off lro off", nic.name(), nic.gro(), nic.lro(), nic.name());
        }
        if (!nic.up()) {
            LOG.warn("nic is down device={}: nothing passes until it is brought up with: ip link set {} up",
                    nic.name(), nic.name());
        }
        if (!options.promiscuous() && !mac.equals(nic.mac()) && !nic.virtual()) {
            LOG.warn("nic filters device={}: without promiscuous = true it takes no unicast frames for"
                    + " mac={}", nic.name(), mac);
        }
        if (mac.equals(nic.mac())) {
            LOG.warn("nic shared device={}: the host's kernel has the same station address and will answer to"
                    + " what it does not know, with TCP resets for one", nic.name());
        }
    }
}
