package org.splnet;

import org.splnet.capture.Capture;
import org.splnet.control.PullStream;

/// A capture as the control socket sends it.
final class CaptureStream implements PullStream {
    /// There is no registered media type; this is what it is called where it is called anything.
    static final String TYPE = "application/x-pcapng";

    private final Capture capture;

    CaptureStream(Capture capture) {
        this.capture = capture;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public void start(Runnable wakeup) {
        capture.start(wakeup);
    }

    @Override
    public byte[] next() {
        return capture.next();
    }

    @Override
    public boolean ended() {
        return capture.ended();
    }

    @Override
    public void close() {
        capture.close();
    }
}
