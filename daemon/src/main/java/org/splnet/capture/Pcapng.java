package org.splnet.capture;

/// The blocks of a pcapng stream (draft-ietf-opsawg-pcapng) that a capture needs; times in nanoseconds.
final class Pcapng {
    /// The link type of every frame.
    private static final int ETHERNET = 1;
    private static final int SECTION = 0x0a0d0d0a;
    private static final int INTERFACE = 1;
    private static final int STATISTICS = 5;
    private static final int ENHANCED_PACKET = 6;
    private static final int BYTE_ORDER = 0x1a2b3c4d;
    private static final byte NANOSECONDS = 9;
    private static final int COMMENT = 1;

    /// What has become of the frames of one interface.
    ///
    /// @param seen by the tap
    /// @param accepted by the filter
    /// @param dropped of those, because there was no room
    /// @param delivered to the reader
    record Counts(long seen, long accepted, long dropped, long delivered) { }

    private Pcapng() {
    }

    static byte[] section(String application) {
        return new Block(SECTION).u32(BYTE_ORDER).u16(1).u16(0).u64(-1)
                .option(3, System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .option(4, application).done();
    }

    /// @param mac null for none
    /// @param filter null for none
    static byte[] netIf(int snaplen, String name, byte[] mac, String filter) {
        Block block = new Block(INTERFACE).u16(ETHERNET).u16(0).u32(snaplen).option(2, name);
        if (mac != null) {
            block.option(6, mac);
        }
        block.option(9, new byte[] {NANOSECONDS});
        if (filter != null) {
            block.option(11, "\0" + filter);        // the first octet says that it is text
        }
        return block.done();
    }

    /// @param out true for a frame that we sent
    /// @param length of the whole frame
    /// @param octets what was kept of it
    /// @param comment null for none
    static byte[] packet(int netIf, long timeNs, boolean out, int length, byte[] octets, String comment) {
        Block block = new Block(ENHANCED_PACKET).u32(netIf).time(timeNs).u32(octets.length).u32(length)
                .octets(octets);
        if (comment != null) {
            block.option(COMMENT, comment);
        }
        return block.option(2, new byte[] {(byte) (out ? 2 : 1), 0, 0, 0}).done();
    }

    static byte[] statistics(int netIf, long startNs, long nowNs, Counts counts) {
        return new Block(STATISTICS).u32(netIf).time(nowNs).optionTime(2, startNs).optionTime(3, nowNs)
                .option64(4, counts.seen()).option64(5, counts.dropped()).option64(6, counts.accepted())
                .option64(8, counts.delivered()).done();
    }
}
