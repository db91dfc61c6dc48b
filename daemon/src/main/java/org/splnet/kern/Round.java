package org.splnet.kern;

/// What a worker does before it looks again for what has come in. Work that may go on for long, such as
/// sending a whole window, does its share and leaves the rest to the next round: whoever has come meanwhile
/// is answered first, and who else has much to send has his share, too.
///
/// Each thread has its own. Outside a round nothing is ever over. Nothing here allocates.
public final class Round {
    private static final ThreadLocal<Round> HERE = ThreadLocal.withInitial(Round::new);

    private boolean on;
    private long left;                  // octets
    private Deferred.Call first;
    private Deferred.Call last;

    private Round() {
    }

    /// Begins one. What the one before has left is done by the next [Deferred#run].
    ///
    /// @param share octets to be sent in it, more or less
    public static void begin(int share) {
        Round here = HERE.get();
        here.on = true;
        here.left = share;
        for (Deferred.Call call; (call = here.first) != null; ) {
            here.first = call.next;
            call.next = null;
            Deferred.again(call);
        }
        here.last = null;
    }

    /// Ends it.
    ///
    /// @return true if something is left for the next one, which has to come soon
    public static boolean end() {
        Round here = HERE.get();
        here.on = false;
        return here.first != null;
    }

    /// So many octets went out. Any locks may be held.
    public static void sent(int octets) {
        HERE.get().left -= octets;
    }

    /// True if this round has had its share. Any locks may be held.
    public static boolean over() {
        Round here = HERE.get();
        return here.on && here.left <= 0;
    }

    /// Queues `call` for the next round of this thread, which is in one, unless it is queued already, here or
    /// elsewhere: then it comes no later. Any locks may be held.
    public static void goOn(Deferred.Call call) {
        if (call.mark()) {
            Round here = HERE.get();
            if (here.first == null) {
                here.first = call;
            } else {
                here.last.next = call;
            }
            here.last = call;
        }
    }
}
