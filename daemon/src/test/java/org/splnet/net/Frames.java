package org.splnet.net;

import java.nio.ByteBuffer;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Frames as others send them, written octet by octet and not with the code under test.
public final class Frames {
    private Frames() {
    }

    public static byte[] ether(MacAddr destination, MacAddr source, int type, byte[] payload) {
        ByteBuffer out = ByteBuffer.allocate(14 + payload.length);
        mac(out, destination);
        mac(out, source);
        out.putShort((short) type).put(payload);
        return out.array();
    }

    public static byte[] tagged(int tag, int type, byte[] payload) {
        ByteBuffer inner = ByteBuffer.allocate(4 + payload.length);
        inner.putShort((short) tag).putShort((short) type).put(payload);
        return ether(NetBed.OURS, NetBed.PEER, EtherType.VLAN, inner.array());
    }

    /// Padded to the 46 octets that Ethernet wants.
    public static byte[] arp(int operation, MacAddr sender, String senderIp, MacAddr target,
            String targetIp) {
        ByteBuffer out = ByteBuffer.allocate(46);
        out.putShort((short) 1).putShort((short) 0x800).put((byte) 6).put((byte) 4);
        out.putShort((short) operation);
        mac(out, sender);
        out.putInt(Ip4Addr.parse(senderIp).bits());
        mac(out, target);
        out.putInt(Ip4Addr.parse(targetIp).bits());
        return out.array();
    }

    public static byte[] request(MacAddr sender, String senderIp, String targetIp) {
        byte[] arp = arp(1, sender, senderIp, MacAddr.ZERO, targetIp);
        return ether(MacAddr.BROADCAST, sender, EtherType.ARP, arp);
    }

    public static byte[] reply(MacAddr sender, String senderIp, MacAddr target, String targetIp) {
        return ether(target, sender, EtherType.ARP, arp(2, sender, senderIp, target, targetIp));
    }

    private static void mac(ByteBuffer out, MacAddr mac) {
        out.putShort((short) (mac.bits() >>> 32)).putInt((int) mac.bits());
    }
}
