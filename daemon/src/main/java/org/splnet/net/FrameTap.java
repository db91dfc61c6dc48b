package org.splnet.net;

import org.splnet.pkt.Fate;
import org.splnet.pkt.Packet;

/// Somebody who looks at the frames of an interface as they pass, see [NetIf#tap]. Called by whichever thread
/// the frame is on, on the way out with the `TRANSMIT` lock held, or, if it is dropped, `WAITING`, or
/// `NEIGHBOR` while it waits for its next hop: must neither wait nor call out.
@FunctionalInterface
public interface FrameTap {
    /// A frame came in and nobody has looked at it yet, or it is about to be handed to the device, or it was
    /// to be and is dropped. Borrows `frame`, from `start` to its last piece, which must be left as it is.
    ///
    /// @param fate what becomes of it, decided very soon: by this thread, without waiting for anything;
    ///     [Fate#await] asks for [#decided]
    void frame(Packet frame, boolean out, Fate fate);

    /// The fate of a frame is decided that somebody waits for, perhaps another tap.
    default void decided() {
        // nobody asked
    }
}
