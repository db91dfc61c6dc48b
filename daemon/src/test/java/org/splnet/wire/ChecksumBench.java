package org.splnet.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/// Nanoseconds per checksum, the best of several runs, for a header, a full frame, and a 64 KiB
/// super-segment. Run it with `--enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow`, as
/// the daemon runs.
public final class ChecksumBench {
    private static final int RUNS = 20;
    private static volatile int sink;

    private ChecksumBench() { }

    public static void main(String[] args) {
        ByteBuf direct = PooledByteBufAllocator.DEFAULT.directBuffer(1 << 17);
        ByteBuf heap = PooledByteBufAllocator.DEFAULT.heapBuffer(1 << 17);
        for (int len : new int[] {20, 40, 1456, 65535}) {
            print("direct", direct, len);
            print("heap", heap, len);
        }
        direct.release();
        heap.release();
    }

    private static void print(String kind, ByteBuf buf, int len) {
        double best = Double.MAX_VALUE;
        int rounds = Math.max(1000, 20_000_000 / len);
        for (int run = 0; run < RUNS; run++) {
            int x = 0;
            long start = System.nanoTime();
            for (int i = 0; i < rounds; i++) {
                x += Checksum.sum(buf, 14, len);
            }
            best = Math.min(best, (double) (System.nanoTime() - start) / rounds);
            sink = x;
        }
        System.out.printf("%-6s %5d octets  %7.1f ns  %5.1f GB/s%n", kind, len, best, len / best);
    }
}
