package org.splnet;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.splnet.cli.Cli;
import org.splnet.cli.LogSetup;
import org.splnet.cli.Sysexits;

/// The command `splnet`.
public final class Main {
    private Main() {
    }

    /// Runs one command and exits with its code.
    public static void main(String[] args) {
        LogSetup.chooseFormat(System.getenv("JOURNAL_STREAM"));
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = Cli.run(new Installation(err), out, err, args);
        if (out.checkError() && code == Sysexits.OK) {
            err.println("splnet: standard output: not all could be written");
            code = Sysexits.IOERR;
        }
        err.flush();
        // Not needed for 0, but a thread somebody forgot must not keep a finished command alive.
        System.exit(code);
    }
}
