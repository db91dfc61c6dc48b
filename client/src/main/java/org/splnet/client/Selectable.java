package org.splnet.client;

import java.nio.channels.SelectableChannel;

/// A channel of splnet's as [SplnetSelector] sees it.
interface Selectable {
    /// The Unix channel whose readiness the system tells; null as long as there is none.
    SelectableChannel unix();

    /// The operations of the Unix channel to wait for when somebody waits for `ops` of this one.
    int unixOps(int ops);

    /// The Unix channel is ready for some of that: what is this one ready for? May read from it what is not
    /// the program's, as the answer to a connect.
    ///
    /// @param unixReady the operations that the Unix channel is ready for
    int ready(int unixReady);

    /// What this one is ready for whatever the Unix channel says, because it has read already what makes it
    /// so.
    int early();

    /// The keys that want to hear of changes.
    Keys keys();
}
