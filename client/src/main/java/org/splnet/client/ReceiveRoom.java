package org.splnet.client;

import java.net.DatagramPacket;
import java.util.Map;
import java.util.WeakHashMap;

/// How much a [DatagramPacket] takes.
///
/// The JDK's own sockets set a packet's length to what was received without losing how much it had room for;
/// others have only `setLength`, which sets both. So what we have set is remembered: a packet that is used
/// again has the room it had.
final class ReceiveRoom {
    private record Shrunk(int room, int length) {
    }

    private final Map<DatagramPacket, Shrunk> shrunk = new WeakHashMap<>();

    /// Octets that `packet` takes.
    int of(DatagramPacket packet) {
        Shrunk before = shrunk.get(packet);
        return before != null && before.length == packet.getLength() ? before.room : packet.getLength();
    }

    /// `packet` has received `length` octets.
    void received(DatagramPacket packet, int length) {
        shrunk.put(packet, new Shrunk(of(packet), length));
        packet.setLength(length);
    }
}
