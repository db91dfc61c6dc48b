package org.splnet.net;

import java.util.function.Consumer;
import org.splnet.pkt.Packet;

/// Merging for devices that do not do it (generic receive offload), the reverse of [Segmenter]: segments
/// of one flow that come one behind the other in one batch go up as one packet, as they would from a
/// device with [org.splnet.pkt.Offload#RX_MERGED]: in one piece, vouched for, [Packet#gsoSize] telling how
/// they came.
///
/// Merged is only what says nothing but "here is more text". Everything else of a flow goes up in its turn,
/// behind what has been merged of it, and nothing waits beyond [#flush], the end of the batch; so no flow is
/// ever reordered, and no packet later than it would be if the batch were one frame.
///
/// Owned by one thread, that of the duty.
final class Merger {
    /// Flows that are merged at a time. More of them come in turn, and then there is little to merge.
    static final int FLOWS = 8;

    private final Consumer<Packet> up;
    private final MergeCandidate candidate;
    private final MergeFlow[] flows = new MergeFlow[FLOWS];
    private int held;
    private int next;
    private long merged;

    /// @param station address of the interface
    /// @param up consumes what goes up
    Merger(long station, Consumer<Packet> up) {
        this.up = up;
        candidate = new MergeCandidate(station);
        for (int i = 0; i < FLOWS; i++) {
            flows[i] = new MergeFlow();
        }
    }

    /// A frame came in. Consumes it, at the latest with the next [#flush].
    void input(Packet frame) {
        if (held == 0 && frame.length() < MergeCandidate.LEAST_FRAME) {
            up.accept(frame);                       // nothing it could overtake
            return;
        }
        switch (candidate.read(frame)) {
            case OTHER -> up.accept(frame);
            case OPAQUE -> {
                flush();
                up.accept(frame);
            }
            case LONE -> {
                pass(flow());
                up.accept(frame);
            }
            case TEXT -> text(frame);
        }
    }

    /// All that is held goes up.
    void flush() {
        for (int i = 0; held > 0; i++) {
            pass(flows[i]);
        }
    }

    /// Frames that have become part of another since this was asked last.
    long merged() {
        long count = merged;
        merged = 0;
        return count;
    }

    private void text(Packet frame) {
        MergeFlow flow = flow();
        if (!candidate.checksumGood()) {
            pass(flow);
            up.accept(frame);
            return;
        }
        frame.flags |= Packet.CHECKSUM_GOOD;
        if (flow != null && flow.takes(candidate)) {
            merged++;
            if (flow.complete()) {
                pass(flow);
            }
            return;
        }
        pass(flow);
        hold();
    }

    private void hold() {
        MergeFlow free = null;
        if (held == FLOWS) {
            free = flows[next];
            next = (next + 1) % FLOWS;
        }
        pass(free);
        for (int i = 0; free == null; i++) {
            free = flows[i].empty() ? flows[i] : null;
        }
        free.begin(candidate);
        held++;
    }

    private MergeFlow flow() {
        if (held > 0) {
            for (MergeFlow each : flows) {
                if (each.isOf(candidate)) {
                    return each;
                }
            }
        }
        return null;
    }

    /// What is held of a flow goes up, if it is any.
    private void pass(MergeFlow flow) {
        if (flow != null && !flow.empty()) {
            held--;
            up.accept(flow.end());
        }
    }
}
