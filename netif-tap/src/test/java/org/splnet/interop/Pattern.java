package org.splnet.interop;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What `/bytes/N` must consist of, computed here by the documented rule and not by the service's code.
final class Pattern {
    private static final int BLOCK = 1 << 20;

    private Pattern() {
    }

    /// Octet `i` of the stream.
    static byte at(long i) {
        return (byte) (i * 31 + (i >>> 8) * 7 + (i >>> 16));
    }

    /// The SHA-256 of the first `n` octets, in hexadecimal.
    static String sha256(long n) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[BLOCK];
            for (long from = 0; from < n; from += BLOCK) {
                int len = (int) Math.min(BLOCK, n - from);
                for (int i = 0; i < len; i++) {
                    block[i] = at(from + i);
                }
                sha.update(block, 0, len);
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
