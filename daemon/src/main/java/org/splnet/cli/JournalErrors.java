package org.splnet.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Standard error as it is to reach systemd's journal: each line with the priority of an error in front
/// (sd-daemon(3)), or a daemon that did not start would be none to `journalctl -p err`.
public final class JournalErrors extends FilterOutputStream {
    private static final byte[] ERROR = {'<', '3', '>'};

    private boolean begun;

    /// @param journal what the lines go to
    public JournalErrors(OutputStream journal) {
        super(journal);
    }

    @Override
    public void write(int octet) throws IOException {
        if (!begun) {
            out.write(ERROR);
        }
        begun = octet != '\n';
        out.write(octet);
    }
}
