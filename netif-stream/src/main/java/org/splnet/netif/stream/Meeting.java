package org.splnet.netif.stream;

/// How peers are met. Belongs to the reading thread; [#close] comes after it has left for good.
sealed interface Meeting permits Listening, Dialling {
    /// A connection to the next peer, which does not block, the caller's to close; or -1 if there is none
    /// now.
    int meet(long nowNs);

    /// What becomes readable when [#meet] is worth calling; -1 if only [#dueNs] says.
    int descriptor(long nowNs);

    /// In how many nanoseconds [#meet] is worth calling, whatever the descriptor says.
    long dueNs(long nowNs);

    /// Meets nobody for a second, because the last one misbehaved.
    void pause(long nowNs);

    /// Undoes what was made.
    void close();
}
