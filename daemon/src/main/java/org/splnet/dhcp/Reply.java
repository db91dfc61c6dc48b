package org.splnet.dhcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import org.splnet.wire.Cidr;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// What a server answered, parsed and found usable as far as a message alone can show.
///
/// @param type OFFER, ACK or NAK
/// @param server who says so; null if it does not say
/// @param address offered or given; 0.0.0.0 in a NAK
/// @param leaseSeconds how long it may be used; -1 if that is not said, [#FOREVER] for ever
/// @param renewSeconds T1; -1 if it is not said
/// @param rebindSeconds T2; -1 if it is not said
/// @param message why, for people; null if it is not said
/// @param octets the message as it came, in hexadecimal, if it is an ACK, to be kept; else null
record Reply(MessageType type, int xid, Ip4Addr server, Ip4Addr address, long leaseSeconds, long renewSeconds,
        long rebindSeconds, Settings settings, String message,
        String octets) {
    static final long FOREVER = 0xffff_ffffL;
    /// A shorter lease would only be work: 0 and the like are mistakes or attacks.
    static final long LEAST_LEASE = 10;

    /// Reads a message that came to us. Borrows `buf`.
    ///
    /// @param station ours
    /// @param clientId what we send as option 61
    /// @return null if it is malformed, not for us, or of no use
    static Reply parse(ByteBuf buf, int at, int len, MacAddr station, byte[] clientId) {
        var message = new DhcpMessage().wrap(buf, at, len);
        if (!message.fits() || message.op() != DhcpMessage.REPLY
                || message.hlen() != DhcpMessage.ETHERNET_LEN || message.chaddr() != station.bits()) {
            return null;
        }
        // RFC 6842 §3: a server that echoes another client's identifier does not speak to us.
        byte[] echoed = message.option(OptionCode.CLIENT_ID);
        if (echoed != null && !Arrays.equals(echoed, clientId)) {
            return null;
        }
        byte[] code = message.option(OptionCode.MESSAGE_TYPE);
        MessageType type = code != null && code.length == 1 ? MessageType.of(code[0] & 0xff) : null;
        if (type != MessageType.OFFER && type != MessageType.ACK && type != MessageType.NAK) {
            return null;
        }
        Ip4Addr server = OptionValues.address(message.option(OptionCode.SERVER_ID));
        if (server != null && !Ip4Addr.isHost(server.bits())) {
            server = null;
        }
        var address = new Ip4Addr(message.yiaddr());
        var reply = new Reply(type, message.xid(), server, address,
                OptionValues.seconds(message.option(OptionCode.LEASE_TIME)),
                OptionValues.seconds(message.option(OptionCode.RENEWAL_TIME)),
                OptionValues.seconds(message.option(OptionCode.REBINDING_TIME)),
                OptionValues.settings(message, address),
                OptionValues.printable(message.option(OptionCode.MESSAGE)),
                type == MessageType.ACK ? ByteBufUtil.hexDump(buf, at, len) : null);
        return type == MessageType.NAK || reply.usable() ? reply : null;
    }

    /// RFC 2131 table 3: an offer and an acknowledgment say who, what and for how long.
    private boolean usable() {
        Cidr own = subnet();
        return server != null && Ip4Addr.isHost(address.bits()) && !own.isEdge(address.hi(), address.lo())
                && leaseSeconds >= LEAST_LEASE;
    }

    /// The address with its subnet's prefix length.
    Cidr subnet() {
        return new Cidr(address, settings.prefix());
    }
}
