package org.splnet.inet;

/// A way as a test wants it: plain fields, and counters of the hints a transport gave.
public final class FakePath extends Path {
    private final long localHi;
    private final long localLo;
    private final long remoteHi;
    private final long remoteLo;
    /// What [#mtu] says.
    public int mtu = 1500;
    /// What [#linkMtu] says.
    public int linkMtu = 1500;
    /// What [#largestSend] says; 0 for what the MTU allows.
    public int largestSend;
    /// What [#loopback] says.
    public boolean loopback;
    /// How often [#confirm] was called.
    public int confirmed;
    /// What [#mtu] is once somebody has looked; 0 for no change.
    public int mtuToCome;
    /// How often [#suspect] was called.
    public int suspected;

    /// A way between these addresses.
    public FakePath(long localHi, long localLo, long remoteHi, long remoteLo) {
        this.localHi = localHi;
        this.localLo = localLo;
        this.remoteHi = remoteHi;
        this.remoteLo = remoteLo;
    }

    @Override
    public long localHi() {
        return localHi;
    }

    @Override
    public long localLo() {
        return localLo;
    }

    @Override
    public long remoteHi() {
        return remoteHi;
    }

    @Override
    public long remoteLo() {
        return remoteLo;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public int linkMtu() {
        return linkMtu;
    }

    @Override
    public void lowerMtu(int lower, long nowNs) {
        mtu = Math.min(mtu, lower);
    }

    @Override
    public int headerLength() {
        return 20;
    }

    @Override
    public int largestSend() {
        return largestSend == 0 ? mtu - headerLength() : largestSend;
    }

    @Override
    public boolean loopback() {
        return loopback;
    }

    @Override
    public void renew(long nowNs) {
        if (mtuToCome != 0) {
            mtu = mtuToCome;
            mtuToCome = 0;
        }
    }

    @Override
    public void confirm(long nowNs) {
        confirmed++;
    }

    @Override
    public void suspect(long nowNs) {
        suspected++;
    }
}
