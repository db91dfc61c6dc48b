package org.splnet.netif.pcap;

import java.util.List;
import java.util.Set;
import org.pcap4j.core.PcapNativeException;
import org.pcap4j.core.Pcaps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.capture.FilterException;
import org.splnet.driver.DescriptorSleep;
import org.splnet.driver.InterfaceIoctl;
import org.splnet.net.DeviceException;
import org.splnet.net.DeviceSpec;
import org.splnet.net.NetDevice;
import org.splnet.net.NetIfDriver;
import org.splnet.net.OneQueueDevice;
import org.splnet.net.StableMac;
import org.splnet.pkt.Offload;
import org.splnet.wire.Cidr;
import org.splnet.wire.MacAddr;

/// Opens a NIC of the host, beside the host's own kernel, under a station address of its own.
public final class PcapDriver implements NetIfDriver {
    private static final Logger LOG = LoggerFactory.getLogger("splnet.pcap");
    private static final int SEND_BUFFER = 1 << 20;
    private static final String VLAN = "802.1Q VLAN Support";

    @Override
    public String type() {
        return "pcap";
    }

    /// By what its frames come and go through, where `pcap` is what finds NICs and compiles filters.
    @Override
    public Set<String> alsoCalled() {
        return Set.of("packet");
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
    public void requireFree(List<Cidr> addresses) throws DeviceException {
        Surroundings.requireFree(addresses);
    }

    @Override
    public NetDevice open(DeviceSpec spec) throws DeviceException {
        PcapOptions options = PcapOptions.of(spec);
        String device = options.device();
        HostNic nic = find(device);
        if (nic.hardware() != InterfaceIoctl.ARPHRD_ETHER) {
            throw OpenFailure.notEthernet(device, nic.hardware());
        }
        if (spec.mtu() > nic.mtu()) {
            throw new DeviceException("mtu: " + spec.mtu() + ": " + device + " has an MTU of " + nic.mtu()
                    + ": ask for no more than that, or change it with: ip link set " + device + " mtu "
                    + spec.mtu());
        }
        MacAddr mac = mac(spec, options, nic);
        try {
            Instruction[] filter = NicFilter.program(mac);
            NicSocket socket = NicSocket.open();
            try {
                return start(spec, options, nic, mac, socket, filter);
            } catch (DeviceException | NicSocket.Refused | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (NicSocket.Refused e) {
            throw OpenFailure.refused(device, e);
        } catch (LinkageError e) {
            throw OpenFailure.loading(device, e);
        } catch (FilterException e) {
            throw new DeviceException("cannot open " + device + ": no filter for " + mac + ": "
                    + e.getMessage(), e);
        }
    }

    private static HostNic find(String device) throws DeviceException {
        try {
            HostNic nic = HostNic.find(device);
            if (nic == null) {
                throw OpenFailure.missing(device, Pcaps.findAllDevs());
            }
            return nic;
        } catch (PcapNativeException e) {
            throw new DeviceException("cannot open " + device + ": there is no such NIC, and libpcap cannot"
                    + " tell which there are: " + e.getMessage(), e);
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
            NicSocket socket, Instruction... filter) throws DeviceException, NicSocket.Refused {
        socket.virtioHeader();
        socket.ignoreOutgoing();
        socket.filter(filter);
        int granted = socket.buffers(options.bufferSize(), SEND_BUFFER);
        NicRing ring = NicRing.of(socket, options.bufferSize(), nic.mtu());
        try {
            return attach(spec, options, nic, mac, socket, ring, granted);
        } catch (DeviceException | NicSocket.Refused | RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    private static NetDevice attach(DeviceSpec spec, PcapOptions options, HostNic nic, MacAddr mac,
            NicSocket socket, NicRing ring, int granted) throws DeviceException, NicSocket.Refused {
        NicWatch.Attachment attachment = new NicWatch.Attachment() {
            @Override
            public void to(int index) throws NicSocket.Refused {
                socket.attach(index, options.promiscuous(), mac.bits());
            }

            @Override
            public int index() {
                return socket.attached();
            }
        };
        attachment.to(nic.index());
        var sleep = new DescriptorSleep(socket.fd());
        var watch = new NicWatch(nic, spec.mtu(), options.nicMac(), attachment);
        var queue = new PcapQueue(nic.name(), socket, ring, watch, sleep);
        int offloads = offloads(options.offload(), nic.driver(),
                NicSocket.cutsDatagrams(System.getProperty("os.version")));
        LOG.info("nic opened device={} driver={} mac={} mtu={} promiscuous={} buffer={} offloads={}",
                nic.name(), nic.driver(), mac, watch.mtu(), options.promiscuous(), granted,
                (offloads & Offload.TX_CHECKSUM) == 0 ? "rx only"
                        : "tx:csum,tso4,tso6" + ((offloads & Offload.TX_USO) == 0 ? "" : ",uso")
                                + " rx:as the kernel says of each frame");
        advise(options, nic, mac, granted);
        return new OneQueueDevice(nic.name(), mac, watch.mtu(), offloads, queue, queue::close) {
            @Override
            public int mtu() {
                return queue.mtu();
            }

            @Override
            public boolean carrier() {
                return queue.carrier();
            }

            @Override
            public int flaps() {
                return queue.flaps();
            }
        };
    }

    /// What is left to the kernel and the NIC. Not what a VLAN's interface is to send: over a NIC that does
    /// not insert tags by itself, as a virtual machine's, a packet socket counts the tag's four octets to the
    /// header of a frame that has none yet, and what the kernel then looks for behind it is not there.
    ///
    /// @param driver of the NIC
    /// @param uso the kernel cuts datagrams
    static int offloads(boolean asked, String driver, boolean uso) {
        int rx = Offload.RX_CHECKSUM | Offload.RX_MERGED;
        if (!asked || VLAN.equals(driver)) {
            return rx;
        }
        return rx | Offload.TX_CHECKSUM | Offload.TX_TSO4 | Offload.TX_TSO6 | (uso ? Offload.TX_USO : 0);
    }

    private static void advise(PcapOptions options, HostNic nic, MacAddr mac, int granted) {
        if (granted < options.bufferSize()) {
            LOG.warn("nic buffer is smaller than asked device={} asked={} granted={}: give the daemon"
                            + " CAP_NET_ADMIN, or: sysctl net.core.rmem_max={}", nic.name(),
                    options.bufferSize(), granted, options.bufferSize());
        }
        if (!nic.up()) {
            LOG.warn("nic is down device={}: nothing passes until it is brought up with: ip link set {} up",
                    nic.name(), nic.name());
        } else if (!nic.running()) {
            LOG.warn("nic has no carrier device={}: the cable or its other end", nic.name());
        }
        for (String each : new Surroundings(nic).warnings(mac)) {
            LOG.warn("nic surroundings device={}: {}", nic.name(), each);
        }
    }
}
