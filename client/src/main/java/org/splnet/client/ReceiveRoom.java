package org.splnet.client;

import java.lang.ref.WeakReference;
import java.net.DatagramPacket;
import java.util.Map;
import java.util.WeakHashMap;

/// How much a [DatagramPacket] takes.
///
/// The JDK's own sockets set a packet's length to what was received without losing how much it had room for;
/// others have only `setLength`, which sets both. So what we have set is remembered: a packet that is used
/// again has the room it had.
final class ReceiveRoom {
    private record Shrunk(WeakReference<byte[]> data, int offset, int length, int room) {
        /// Whether nobody has changed `packet` since.
        boolean is(DatagramPacket packet) {
            return length == packet.getLength() && offset == packet.getOffset()
                    && data.refersTo(packet.getData());
        }
    }

    private final Map<DatagramPacket, Shrunk> shrunk = new WeakHashMap<>();

    /// Octets that `packet` takes.
    int of(DatagramPacket packet) {
        Shrunk before = shrunk.get(packet);
        return before != null && before.is(packet) ? before.room : packet.getLength();
    }

    /// `packet` has received `length` octets.
    void received(DatagramPacket packet, int length) {
        shrunk.put(packet, new Shrunk(new WeakReference<>(packet.getData()), packet.getOffset(), length,
                of(packet)));
        packet.setLength(length);
    }
}
