package org.splnet.kern;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Threshold;

/// A wait for a [RankedLock], for Java Flight Recorder. Recorded whenever a recording runs, whatever the
/// witness does; costs nothing until a lock is contested, and no object until somebody records.
@Name("org.splnet.LockWait")
@Label("Lock Wait")
@Category("splnet")
@Description("A thread waited for a lock of the stack")
@Threshold("20 us")
final class LockWait extends Event {
    @Label("Rank")
    String rank;

    @Label("Lock")
    String lock;
}
