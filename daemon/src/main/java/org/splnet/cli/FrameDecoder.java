package org.splnet.cli;

/// Reads Ethernet frames for people. Found by [java.util.ServiceLoader]; one thread at a time.
public interface FrameDecoder {
    /// A frame in one line, as tcpdump would put it, whatever the frame is.
    ///
    /// @param octets what was kept of it
    /// @param length of the whole frame
    String line(byte[] octets, int length);

    /// A frame with all its fields, on many lines.
    String whole(byte[] octets);
}
