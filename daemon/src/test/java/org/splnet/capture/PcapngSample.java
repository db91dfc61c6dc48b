package org.splnet.capture;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// What the tests of other modules need of this package's inside.
public final class PcapngSample {
    private PcapngSample() {
    }

    /// A file of one Ethernet interface with these frames, a nanosecond apart.
    public static byte[] file(String netIf, long startNs, List<byte[]> frames) {
        return file(netIf, startNs, 1, frames, null);
    }

    /// The same, with a comment for each frame (null for none) and other times.
    public static byte[] file(String netIf, long startNs, long apartNs, List<byte[]> frames,
            String comment) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head(netIf));
        for (int i = 0; i < frames.size(); i++) {
            out.writeBytes(Pcapng.packet(0, startNs + i * apartNs, i % 2 == 0, frames.get(i).length,
                    frames.get(i), comment));
        }
        out.writeBytes(Pcapng.statistics(0, startNs, startNs + frames.size(),
                new Pcapng.Counts(frames.size(), frames.size(), 0, frames.size())));
        return out.toByteArray();
    }

    /// What such a file begins with.
    public static byte[] head(String netIf) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Pcapng.section("a test"));
        out.writeBytes(Pcapng.netIf(262_144, netIf, new byte[] {2, 0, 0, 0, 0, 1}, "tcp"));
        return out.toByteArray();
    }

    /// What a program returns.
    public static int run(BpfProgram program, byte[] frame) {
        return program.run(FrameView.of(frame));
    }
}
