package org.splnet.dhcp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// Writes one message of a client. For one thread.
final class DhcpWriter {
    /// The least that old relays and servers take (RFC 951 §3).
    private static final int LEAST = 300;
    /// What every server takes (RFC 2131 §2).
    private static final int MOST = 548;
    private static final int MOST_OCTETS = 255;

    private final ByteBuffer out = ByteBuffer.allocate(MOST);

    /// @param secs seconds since it began, 0..65535
    /// @param broadcast ask for answers to everybody: of use where nothing else can be received
    /// @param ciaddr the address in use, or 0.0.0.0
    DhcpWriter(MessageType type, int xid, int secs, boolean broadcast, Ip4Addr ciaddr, MacAddr station) {
        out.put(0, (byte) DhcpMessage.REQUEST)
                .put(DhcpMessage.HTYPE, (byte) DhcpMessage.ETHERNET)
                .put(DhcpMessage.HLEN, (byte) DhcpMessage.ETHERNET_LEN)
                .putInt(DhcpMessage.XID, xid)
                .putShort(DhcpMessage.SECS, (short) secs)
                .putShort(DhcpMessage.FLAGS, (short) (broadcast ? DhcpMessage.BROADCAST : 0))
                .putInt(DhcpMessage.CIADDR, ciaddr.bits())
                .putShort(DhcpMessage.CHADDR, (short) (station.bits() >>> 32))
                .putInt(DhcpMessage.CHADDR + 2, (int) station.bits())
                .putInt(DhcpMessage.MAGIC, DhcpMessage.COOKIE)
                .position(DhcpMessage.OPTIONS);
        option(OptionCode.MESSAGE_TYPE, (byte) type.code());
    }

    /// Adds an option; one of more than 255 octets is cut (RFC 3396 §6).
    ///
    /// @throws java.nio.BufferOverflowException if the message has no room for it
    DhcpWriter option(int code, byte... value) {
        int at = 0;
        do {
            int octets = Math.min(MOST_OCTETS, value.length - at);
            out.put((byte) code).put((byte) octets).put(value, at, octets);
            at += octets;
        } while (at < value.length);
        return this;
    }

    /// Adds an option that is an address, unless there is none.
    DhcpWriter address(int code, Ip4Addr address) {
        return address == null ? this
                : option(code, ByteBuffer.allocate(4).putInt(address.bits()).array());
    }

    /// Adds an option that is a number of two octets.
    DhcpWriter number(int code, int value) {
        return option(code, (byte) (value >>> 8), (byte) value);
    }

    /// Adds an option that is text, unless there is none.
    DhcpWriter text(int code, String text) {
        return text == null ? this : option(code, text.getBytes(StandardCharsets.US_ASCII));
    }

    /// The whole message.
    byte[] octets() {
        out.put((byte) OptionCode.END);
        return Arrays.copyOf(out.array(), Math.max(LEAST, out.position()));
    }
}
