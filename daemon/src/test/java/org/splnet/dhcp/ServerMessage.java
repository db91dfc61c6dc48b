package org.splnet.dhcp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.splnet.wire.Ip4Addr;
import org.splnet.wire.MacAddr;

/// A server's message, written octet by octet and not with the code under test.
final class ServerMessage {
    private final byte[] header = new byte[240];
    private final ByteArrayOutputStream options = new ByteArrayOutputStream();

    ServerMessage(MessageType type, int xid, MacAddr station) {
        ByteBuffer.wrap(header).put(0, (byte) 2).put(1, (byte) 1).put(2, (byte) 6).putInt(4, xid)
                .putShort(28, (short) (station.bits() >>> 32)).putInt(30, (int) station.bits())
                .putInt(236, 0x63825363);
        option(53, type.code());
    }

    ServerMessage your(String address) {
        ByteBuffer.wrap(header).putInt(16, Ip4Addr.parse(address).bits());
        return this;
    }

    ServerMessage option(int code, int... octets) {
        options.write(code);
        options.write(octets.length);
        Arrays.stream(octets).forEach(options::write);
        return this;
    }

    ServerMessage addresses(int code, String... all) {
        options.write(code);
        options.write(4 * all.length);
        for (String each : all) {
            options.writeBytes(ByteBuffer.allocate(4).putInt(Ip4Addr.parse(each).bits()).array());
        }
        return this;
    }

    ServerMessage seconds(int code, long seconds) {
        return option(code, (int) (seconds >>> 24) & 255, (int) (seconds >>> 16) & 255,
                (int) (seconds >>> 8) & 255, (int) seconds & 255);
    }

    ServerMessage text(int code, String text) {
        return option(code, text.chars().toArray());
    }

    /// Octets into sname (44) or file (108).
    ServerMessage field(int at, int... octets) {
        for (int i = 0; i < octets.length; i++) {
            header[at + i] = (byte) octets[i];
        }
        return this;
    }

    /// What a message must have: server, subnet, lease.
    ServerMessage lease(String server, String mask, long seconds) {
        return addresses(54, server).addresses(1, mask).seconds(51, seconds);
    }

    /// Without the end option.
    byte[] open() {
        byte[] all = Arrays.copyOf(header, header.length + options.size());
        System.arraycopy(options.toByteArray(), 0, all, header.length, options.size());
        return all;
    }

    byte[] octets() {
        options.write(255);
        return open();
    }
}
