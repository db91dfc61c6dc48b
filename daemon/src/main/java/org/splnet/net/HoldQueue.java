package org.splnet.net;

import org.splnet.pkt.Packet;

/// Packets in the order they came, linked through [Packet#next]. Has no lock: covered by its holder's lock.
final class HoldQueue {
    private Packet head;
    private Packet tail;
    private int count;
    private long octets;

    /// Adds at the end. Consumes `packet`.
    void add(Packet packet) {
        packet.next = null;
        if (tail == null) {
            head = packet;
        } else {
            tail.next = packet;
        }
        tail = packet;
        count++;
        octets += packet.length();
    }

    /// Puts what was just polled back, in front. Consumes `packet`.
    void putBack(Packet packet) {
        packet.next = head;
        head = packet;
        if (tail == null) {
            tail = packet;
        }
        count++;
        octets += packet.length();
    }

    /// The oldest, which the caller then owns; null if there is none.
    Packet poll() {
        Packet packet = head;
        if (packet != null) {
            head = packet.next;
            if (head == null) {
                tail = null;
            }
            packet.next = null;
            count--;
            octets -= packet.length();
        }
        return packet;
    }

    /// The oldest, borrowed; null if there is none.
    Packet peek() {
        return head;
    }

    int count() {
        return count;
    }

    long octets() {
        return octets;
    }
}
