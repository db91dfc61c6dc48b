package org.splnet.ip;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// What is to come of the fragments of one datagram, octet by octet: the model that [Reassembly] is held
/// against.
final class OctetMap {
    private record Piece(int from, boolean more, ByteBuffer payload) {
        int to() {
            return from + payload.capacity();
        }
    }

    private final byte[] octets = new byte[65_536];
    private final boolean[] there = new boolean[65_536];
    private final Set<Piece> pieces = new HashSet<>();
    private int end = -1;
    private boolean spoiled;

    /// @return the datagram that the fragment completes, or is by itself; or null
    byte[] add(Ip4 fragment) {
        byte[] payload = fragment.payload;
        if (!fragment.mf && fragment.offset == 0) {
            return payload;
        }
        Piece piece = new Piece(fragment.offset, fragment.mf, ByteBuffer.wrap(payload));
        if (spoiled || pieces.contains(piece)) {
            return null;
        }
        if (!fragment.mf) {
            spoiled = end >= 0;
            end = fragment.offset + payload.length;
        }
        for (int i = 0; i < payload.length; i++) {
            int at = fragment.offset + i;
            spoiled |= there[at];
            there[at] = true;
            octets[at] = payload[i];
        }
        pieces.add(piece);
        spoiled |= contradictsTheEnd();
        if (spoiled || !complete()) {
            return null;
        }
        byte[] whole = Arrays.copyOf(octets, end);
        forget();
        return whole;
    }

    /// What still comes begins another.
    private void forget() {
        Arrays.fill(there, false);
        pieces.clear();
        end = -1;
    }

    /// Something lies behind the end, or what others follow reaches up to it.
    private boolean contradictsTheEnd() {
        if (end < 0) {
            return false;
        }
        for (int at = end; at < there.length; at++) {
            if (there[at]) {
                return true;
            }
        }
        return pieces.stream().anyMatch(each -> each.more && each.to() == end);
    }

    private boolean complete() {
        for (int at = 0; at < end; at++) {
            if (!there[at]) {
                return false;
            }
        }
        return end >= 0;
    }
}
