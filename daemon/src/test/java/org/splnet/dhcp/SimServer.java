package org.splnet.dhcp;

import org.splnet.ip.Ip;
import org.splnet.ip.LinkPort;
import org.splnet.net.NetIf;
import org.splnet.pkt.Packet;
import org.splnet.wire.EtherType;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// A DHCP server of one address, on a host of ours, for simulations: always well and never in doubt. It hears
/// frames, since the host itself rightly takes nothing from 0.0.0.0.
public final class SimServer {
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT = 68;
    private static final int ETHER = 14;
    private static final int HEADERS = 28;
    private static final int UDP = 17;

    private final LinkPort port;
    private final Ip4Addr own;
    private final String address;
    private final long seconds;
    private long served;

    /// @param own the server's address, which the interface has
    /// @param address what is given to whoever asks
    /// @param seconds for how long
    public SimServer(Ip ip, NetIf link, Ip4Addr own, String address, long seconds) {
        this.own = own;
        this.address = address;
        this.seconds = seconds;
        port = ip.linkPort(link, SERVER_PORT, CLIENT_PORT, (buf, at, len, from, nowNs) -> { });
    }

    /// Answers what is for it in a frame that has arrived. Borrows.
    public void frame(Packet frame, long nowNs) {
        int ip = frame.start + ETHER;
        if (frame.end < ip + HEADERS || frame.buf.getUnsignedShort(ip - 2) != EtherType.IPV4
                || frame.buf.getByte(ip + 9) != UDP || frame.buf.getUnsignedShort(ip + 22) != SERVER_PORT) {
            return;
        }
        DhcpMessage asked = new DhcpMessage().wrap(frame.buf, ip + HEADERS, frame.end - ip - HEADERS);
        byte[] kind = asked.option(OptionCode.MESSAGE_TYPE);
        MessageType type = MessageType.of(kind[0]);
        if (type != MessageType.DISCOVER && type != MessageType.REQUEST) {
            return;
        }
        served++;
        byte[] answer = new ServerMessage(type == MessageType.DISCOVER ? MessageType.OFFER : MessageType.ACK,
                asked.xid(), new MacAddr(asked.chaddr())).your(address)
                .lease(own.toString(), "255.255.255.0", seconds).octets();
        port.send(own, Ip4Addr.BROADCAST, answer, nowNs);
    }

    /// How many questions it has answered.
    public long served() {
        return served;
    }
}
