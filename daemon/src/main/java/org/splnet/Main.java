package org.splnet;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.splnet.cli.Cli;
import org.splnet.cli.JournalErrors;
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;

/// The command `splnet`.
public final class Main {
    /// Standard output, which remembers what went wrong: a writer keeps that to itself.
    private static final class Output extends FilterOutputStream {
        private String wrong;

        Output() {
            super(new FileOutputStream(FileDescriptor.out));
        }

        @Override
        public void write(byte[] octets, int from, int length) throws IOException {
            try {
                out.write(octets, from, length);
            } catch (IOException e) {
                wrong = e.getMessage();
                throw e;
            }
        }
    }

    private static final String READER_GONE = "Broken pipe";

    private Main() {
    }

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        Output output = new Output();
        PrintWriter out = new PrintWriter(output, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(LogSetup.toJournal() ? new JournalErrors(System.err) : System.err,
                true, StandardCharsets.UTF_8);
        int code = Cli.run(new Installation(err), out, err, args);
        if (out.checkError() && code == Sysexits.OK) {
            code = Sysexits.IOERR;
            if (!READER_GONE.equals(output.wrong)) {
                err.println("splnet: standard output: " + output.wrong);
            }
        }
        err.flush();
        // Not needed for 0, but a thread somebody forgot must not keep a finished command alive.
        System.exit(code);
    }
}
