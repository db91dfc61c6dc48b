package org.splnet.netif.pcap;

import java.util.ArrayList;
import java.util.List;
import org.pcap4j.packet.ArpPacket;
import org.pcap4j.packet.EthernetPacket;
import org.pcap4j.packet.IcmpV4CommonPacket;
import org.pcap4j.packet.IcmpV4EchoPacket;
import org.pcap4j.packet.IcmpV4EchoReplyPacket;
import org.pcap4j.packet.IllegalRawDataException;
import org.pcap4j.packet.IpPacket;
import org.pcap4j.packet.IpV4Packet;
import org.pcap4j.packet.Packet;
import org.pcap4j.packet.TcpPacket;
import org.pcap4j.packet.UdpPacket;
import org.splnet.cli.FrameDecoder;

/// Reads Ethernet frames with pcap4j.
public final class PcapFrameDecoder implements FrameDecoder {
    private static final int FRAGMENT_UNIT = 8;

    @Override
    public String line(byte[] octets, int length) {
        try {
            return line(packet(octets), length);
        } catch (IllegalRawDataException | RuntimeException e) {
            // Whatever comes over a network may be captured; pcap4j says of some of it what is wrong.
            return "unreadable, " + length + " octets (" + first(e) + ")";
        }
    }

    @Override
    public String whole(byte[] octets) {
        try {
            return packet(octets).toString();
        } catch (IllegalRawDataException | RuntimeException e) {
            return "unreadable (" + first(e) + ")";
        }
    }

    private static String first(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName()
                : e.getMessage().lines().findFirst().orElse("");
    }

    private static Packet packet(byte[] octets) throws IllegalRawDataException {
        return EthernetPacket.newPacket(octets, 0, octets.length);
    }

    private static String line(Packet packet, int length) {
        if (packet instanceof EthernetPacket frame) {
            Packet inner = frame.getPayload();
            return inner instanceof IpPacket || inner instanceof ArpPacket ? line(inner, length)
                    : frame.getHeader().getSrcAddr() + " > " + frame.getHeader().getDstAddr() + " type "
                    + frame.getHeader().getType() + ", length " + length;
        }
        if (packet instanceof ArpPacket arp) {
            return arp(arp.getHeader());
        }
        if (packet instanceof IpPacket ip) {
            return ip(ip);
        }
        return length + " octets";
    }

    private static String arp(ArpPacket.ArpHeader arp) {
        String who = arp.getDstProtocolAddr().getHostAddress();
        String tells = arp.getSrcProtocolAddr().getHostAddress();
        return arp.getOperation().value() == 1 ? "ARP who has " + who + ", tell " + tells
                : "ARP " + tells + " is at " + arp.getSrcHardwareAddr();
    }

    private static String ip(IpPacket ip) {
        String src = ip.getHeader().getSrcAddr().getHostAddress();
        String dst = ip.getHeader().getDstAddr().getHostAddress();
        Packet inner = ip.getPayload();
        String name = ip instanceof IpV4Packet ? "IP " : "IP6 ";
        if (ip instanceof IpV4Packet four && four.getHeader().getFragmentOffset() > 0) {
            return name + src + " > " + dst + ": " + ip.getHeader().getProtocol().name() + " fragment at "
                    + four.getHeader().getFragmentOffset() * FRAGMENT_UNIT + ", length " + length(inner);
        }
        if (inner instanceof TcpPacket tcp) {
            return name + src + "." + tcp.getHeader().getSrcPort().valueAsInt() + " > " + dst + "."
                    + tcp.getHeader().getDstPort().valueAsInt() + ": " + tcp(tcp);
        }
        if (inner instanceof UdpPacket udp) {
            return name + src + "." + udp.getHeader().getSrcPort().valueAsInt() + " > " + dst + "."
                    + udp.getHeader().getDstPort().valueAsInt() + ": UDP, length "
                    + length(udp.getPayload());
        }
        return name + src + " > " + dst + ": " + (inner instanceof IcmpV4CommonPacket icmp ? icmp(icmp)
                : ip.getHeader().getProtocol().name()) + ", length " + length(inner);
    }

    private static String icmp(IcmpV4CommonPacket icmp) {
        if (icmp.getPayload() instanceof IcmpV4EchoPacket echo) {
            return "ICMP echo request, id " + echo.getHeader().getIdentifierAsInt() + ", seq "
                    + echo.getHeader().getSequenceNumberAsInt();
        }
        if (icmp.getPayload() instanceof IcmpV4EchoReplyPacket echo) {
            return "ICMP echo reply, id " + echo.getHeader().getIdentifierAsInt() + ", seq "
                    + echo.getHeader().getSequenceNumberAsInt();
        }
        return "ICMP " + icmp.getHeader().getType().name() + " " + icmp.getHeader().getCode().name();
    }

    private static String tcp(TcpPacket packet) {
        TcpPacket.TcpHeader tcp = packet.getHeader();
        StringBuilder flags = new StringBuilder();
        flags.append(tcp.getSyn() ? "S" : "").append(tcp.getFin() ? "F" : "").append(tcp.getRst() ? "R" : "")
                .append(tcp.getPsh() ? "P" : "").append(tcp.getUrg() ? "U" : "")
                .append(tcp.getAck() ? "." : "");
        int length = length(packet.getPayload());
        String seq = Integer.toUnsignedString(tcp.getSequenceNumber());
        List<String> parts = new ArrayList<>();
        parts.add("Flags [" + (flags.isEmpty() ? "none" : flags) + "]");
        parts.add("seq " + seq + (length > 0 ? ":" + Integer.toUnsignedString(tcp.getSequenceNumber()
                + length)
                : ""));
        if (tcp.getAck()) {
            parts.add("ack " + Integer.toUnsignedString(tcp.getAcknowledgmentNumber()));
        }
        parts.add("win " + tcp.getWindowAsInt());
        parts.add("length " + length);
        return String.join(", ", parts);
    }

    private static int length(Packet packet) {
        return packet == null ? 0 : packet.length();
    }
}
