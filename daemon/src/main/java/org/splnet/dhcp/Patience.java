package org.splnet.dhcp;

/// With servers that do not answer, or offer and then say no, or nothing more: runs out when there has been
/// no address for a while, across all that was asked meanwhile.
///
/// Covered by its client's lock.
final class Patience {
    private static final long MOST_NS = 20 * DhcpMachine.SECOND;

    private long sinceNs;
    private boolean told;

    /// There is no address from now on, or all begins anew.
    void begin(long nowNs) {
        sinceNs = nowNs;
        told = false;
    }

    /// True once, when it has run out.
    boolean runsOut(long nowNs) {
        if (told || nowNs - sinceNs < MOST_NS) {
            return false;
        }
        told = true;
        return true;
    }
}
