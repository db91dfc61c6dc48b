package org.splnet.net;

import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// One queue of a device. `receive` and `await` belong to one thread, `transmit` and `flush` are called under
/// the interface's `TRANSMIT` lock, `wakeup` by anybody.
public interface DeviceQueue {
    /// Takes the frames that came in.
    @FunctionalInterface
    interface Sink {
        /// Consumes `frame`: `start` at the link-layer header, offload metadata set, `rcvIf` not yet.
        void frame(Packet frame);
    }

    /// Reads at most `max` frames without blocking.
    ///
    /// @return how many were read; 0 if none waited; -1 if the device is closed or gone
    int receive(PacketPool pool, Sink sink, int max);

    /// Writes one frame without blocking. Borrows `frame`, which is complete from `start` to its last piece
    /// and asks only for offloads the device has announced.
    ///
    /// @return false if the device's queue is full: try again when [#await] says so
    boolean transmit(Packet frame);

    /// Pushes out what [#transmit] may have batched.
    void flush();

    /// True if some of that stays because the device has no room: it is to be pushed again when [#await] says
    /// so. The caller of [#flush] sees to it. Any thread.
    default boolean unsent() {
        return false;
    }

    /// Frames the device refused (error other than full) since it was opened. Any thread.
    long transmitErrors();

    /// Blocks until a frame waits, or, if `wantTransmit`, the device takes frames again, or [#wakeup], or the
    /// time is up. Holding nothing.
    void await(long timeoutNs, boolean wantTransmit);

    /// Ends a running or the next [#await].
    void wakeup();
}
