package org.splnet.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;

/// A transfer from the daemon that goes on until it is told to end, however long the steps of a test take.
final class Endless {
    /// More than there may be in buffers: goes on for so long after the end of the steps.
    private static final int BEYOND = 10_000_000;
    private static final String READER = """
            import hashlib, os, sys
            sha, n, end = hashlib.sha256(), 0, None
            while end is None or n < end:
                some = os.read(0, 65536)
                if not some:
                    sys.exit("ended after %d" % n)
                sha.update(some)
                n += len(some)
                if end is None and os.path.exists("done"):
                    end = n + BEYOND
            print("octets", n, sha.hexdigest())
            """.replace("BEYOND", Integer.toString(BEYOND));

    private final Lab lab;
    private final Process process;

    /// Begins it.
    Endless(Lab lab) throws IOException {
        this.lab = lab;
        process = lab.spawn("transfer", "sh", "-c", "cd " + lab.dir() + " && curl -sS --limit-rate 2M http://"
                + Lab.SPLNET + "/bytes/1000000000000 | python3 -c '" + READER + "'");
    }

    /// Ends it, and checks that it went on until now and beyond, and that every octet was right.
    void endsWell() throws IOException, InterruptedException {
        Files.createFile(lab.dir().resolve("done"));
        assertThat(process.waitFor()).as(lab.text("transfer") + lab.log()).isZero();
        String[] said = lab.text("transfer").split("octets ")[1].split("\\s");
        assertThat(said[1]).isEqualTo(Pattern.sha256(Long.parseLong(said[0])));
    }
}
