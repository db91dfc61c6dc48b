package org.splnet.fuzz;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.splnet.wire.ArpPacket;

/// Any octets as an ARP packet.
public final class ArpPacketFuzz {
    private ArpPacketFuzz() { }

    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        read(data.consumeRemainingAsBytes());
    }

    static void read(byte[] octets) {
        ByteBuf buf = Unpooled.wrappedBuffer(octets);
        ArpPacket arp = new ArpPacket().wrap(buf, 0);
        if (!arp.fits(octets.length)) {
            return;
        }
        Claim.that(!arp.isProbe() || arp.senderIp() == 0, "a probe from somebody");
        ByteBuf copy = Unpooled.copiedBuffer(buf).setZero(0, ArpPacket.LEN);
        new ArpPacket().wrap(copy, 0).begin(arp.operation()).senderMac(arp.senderMac()).
                senderIp(arp.senderIp())
                .targetMac(arp.targetMac()).targetIp(arp.targetIp());
        Claim.that(copy.equals(buf), "written back differently");
    }
}
