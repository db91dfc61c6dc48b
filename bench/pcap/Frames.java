import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.util.Map;
import org.pcap4j.core.PcapHandle;
import org.pcap4j.core.PcapNetworkInterface.PromiscuousMode;
import org.splnet.driver.DescriptorSleep;
import org.splnet.net.DeviceQueue;
import org.splnet.net.DeviceSpec;
import org.splnet.netif.pcap.PcapDriver;
import org.splnet.pkt.Packet;
import org.splnet.pkt.PacketPool;

/// The ways from Java to a NIC, measured like `frames.c`: pcap4j's own calls, libpcap by `java.lang.foreign`,
/// and the driver as it is.
///
/// Usage: `Frames WAY NIC SECONDS [SIZE]`, WAY one of pcap4j-read foreign-next-read foreign-dispatch-read driver-read
/// pcap4j-write foreign-write driver-write. The first half of the time is for the compiler and is not counted.
/// Prints: frames, octets, seconds, CPU seconds, octets allocated by the thread per frame.
public final class Frames {
    private interface Turn {
        void go() throws Throwable;
    }

    private static final Linker LINKER = Linker.nativeLinker();
    private static final String MAC = "02:00:00:00:00:02";
    private static final PacketPool POOL = new PacketPool(PooledByteBufAllocator.DEFAULT);
    private static final MemorySegment HEADER = Arena.global().allocate(16);
    private static final MemorySegment DATA = Arena.global().allocate(16);
    private static MemorySegment libpcapHandle;
    private static int snaplen;
    private static long frames;
    private static long octets;

    private Frames() {
    }

    public static void main(String[] args) {
        // of the kind that carries packets in the daemon: it has pools at hand, and keeps what it frees
        new FastThreadLocalThread(() -> {
            try {
                POOL.beginHere();
                measure(args);
            } catch (Throwable e) {
                e.printStackTrace();
                System.exit(1);
            }
            System.exit(0);
        }).start();
    }

    private static void measure(String[] args) throws Throwable {
        String way = args[0];
        String nic = args[1];
        int size = args.length > 3 ? Integer.parseInt(args[3]) : 60;
        snaplen = size > 1514 ? 65557 : 1600;
        Turn turn = switch (way) {
            case "pcap4j-read" -> pcap4jRead(nic);
            case "foreign-next-read" -> nextRead(nic);
            case "foreign-dispatch-read" -> dispatchRead(nic);
            case "driver-read" -> driverRead(nic);
            case "pcap4j-write" -> pcap4jWrite(nic, size);
            case "foreign-write" -> foreignWrite(nic, size);
            case "driver-write" -> driverWrite(nic, size);
            default -> throw new IllegalArgumentException(way);
        };
        long half = (long) (Double.parseDouble(args[2]) * 5e8);
        run(turn, half);
        frames = 0;
        octets = 0;
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = system.getProcessCpuTime();
        long allocated = threads.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        run(turn, half);
        System.out.printf("%d %d %.3f %.3f %d%n", frames, octets, (System.nanoTime() - begin) * 1e-9,
                (system.getProcessCpuTime() - cpu) * 1e-9,
                (threads.getCurrentThreadAllocatedBytes() - allocated) / Math.max(frames, 1));
    }

    private static void run(Turn turn, long forNs) throws Throwable {
        long end = System.nanoTime() + forNs;
        while (System.nanoTime() - end < 0) {
            turn.go();
        }
    }

    // ---- pcap4j

    private static PcapHandle open(String nic) throws Exception {
        PcapHandle handle = new PcapHandle.Builder(nic).snaplen(snaplen).timeoutMillis(1).immediateMode(true)
                .promiscuousMode(PromiscuousMode.PROMISCUOUS).bufferSize(32 << 20).build();
        handle.setFilter("ether dst " + MAC, org.pcap4j.core.BpfProgram.BpfCompileMode.OPTIMIZE);
        handle.setDirection(PcapHandle.PcapDirection.IN);
        handle.setBlockingMode(PcapHandle.BlockingMode.NONBLOCKING);
        var field = PcapHandle.class.getDeclaredField("handle");
        field.setAccessible(true);
        libpcapHandle = MemorySegment.ofAddress(com.sun.jna.Pointer.nativeValue(
                (com.sun.jna.Pointer) field.get(handle)));
        return handle;
    }

    private static DescriptorSleep sleep() throws Throwable {
        return new DescriptorSleep((int) libpcap("pcap_get_selectable_fd",
                FunctionDescriptor.of(JAVA_INT, ADDRESS)).invokeExact(libpcapHandle));
    }

    private static Turn pcap4jRead(String nic) throws Throwable {
        PcapHandle handle = open(nic);
        DescriptorSleep sleep = sleep();
        return () -> {
            byte[] frame;
            int got = 0;
            for (; got < 64 && (frame = handle.getNextRawPacket()) != null; got++) {
                Packet packet = POOL.allocate(frame.length);
                packet.buf.setBytes(packet.append(frame.length), frame);
                octets += frame.length;
                packet.free();
            }
            frames += got;
            if (got == 0) {
                sleep.await(100_000_000, false);
            }
        };
    }

    private static Turn pcap4jWrite(String nic, int size) throws Exception {
        PcapHandle handle = open(nic);
        byte[] frame = frame(size);
        return () -> {
            for (int i = 0; i < 64; i++) {
                handle.sendPacket(frame, size);
                frames++;
                octets += size;
            }
        };
    }

    // ---- libpcap by java.lang.foreign, on pcap4j's handle

    private static MethodHandle libpcap(String name, FunctionDescriptor type) {
        return LINKER.downcallHandle(SymbolLookup.libraryLookup("libpcap.so.0.8", Arena.global())
                .findOrThrow(name), type);
    }

    private static void take(long at, int len) {
        Packet packet = POOL.allocate(len);
        int to = packet.append(len);
        MemorySegment.copy(MemorySegment.ofAddress(at).reinterpret(len), 0,
                MemorySegment.ofAddress(packet.buf.memoryAddress()).reinterpret(packet.buf.capacity()), to, len);
        octets += len;
        frames++;
        packet.free();
    }

    private static Turn nextRead(String nic) throws Throwable {
        open(nic);
        DescriptorSleep sleep = sleep();
        MethodHandle next = libpcap("pcap_next_ex",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
        return () -> {
            int got = 0;
            while (got < 64 && (int) next.invokeExact(libpcapHandle, HEADER, DATA) == 1) {
                MemorySegment header = MemorySegment.ofAddress(HEADER.get(JAVA_LONG, 0)).reinterpret(24);
                take(DATA.get(JAVA_LONG, 0), header.get(JAVA_INT, 16));
                got++;
            }
            if (got == 0) {
                sleep.await(100_000_000, false);
            }
        };
    }

    static void upcall(MemorySegment user, MemorySegment header, MemorySegment data) {
        take(data.address(), header.get(JAVA_INT, 16));
    }

    private static Turn dispatchRead(String nic) throws Throwable {
        open(nic);
        DescriptorSleep sleep = sleep();
        MethodHandle dispatch = libpcap("pcap_dispatch",
                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));
        MethodHandle target = MethodHandles.lookup().findStatic(Frames.class, "upcall",
                MethodType.methodType(void.class, MemorySegment.class, MemorySegment.class, MemorySegment.class));
        MemorySegment stub = LINKER.upcallStub(target, FunctionDescriptor.ofVoid(ADDRESS,
                ADDRESS.withTargetLayout(java.lang.foreign.MemoryLayout.sequenceLayout(24,
                        java.lang.foreign.ValueLayout.JAVA_BYTE)), ADDRESS), Arena.global());
        return () -> {
            if ((int) dispatch.invokeExact(libpcapHandle, 64, stub, MemorySegment.NULL) == 0) {
                sleep.await(100_000_000, false);
            }
        };
    }

    private static Turn foreignWrite(String nic, int size) throws Exception {
        open(nic);
        MethodHandle inject = libpcap("pcap_inject", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        MemorySegment frame = Arena.global().allocate(size);
        MemorySegment.copy(frame(size), 0, frame, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, size);
        return () -> {
            for (int i = 0; i < 64; i++) {
                if ((int) inject.invokeExact(libpcapHandle, frame, (long) size) == size) {
                    frames++;
                    octets += size;
                }
            }
        };
    }

    // ---- the driver

    private static DeviceQueue queue(String nic) throws Exception {
        return new PcapDriver().open(new DeviceSpec(nic, org.splnet.wire.MacAddr.parse(MAC), 0, Map.of())).queue(0);
    }

    private static Turn driverRead(String nic) throws Exception {
        DeviceQueue queue = queue(nic);
        return () -> {
            int got = queue.receive(POOL, Frames::count, 64);
            if (got == 0) {
                queue.await(100_000_000, false);
            }
        };
    }

    private static void count(Packet frame) {
        frames++;
        octets += frame.length();
        frame.free();
    }

    private static Turn driverWrite(String nic, int size) throws Exception {
        DeviceQueue queue = queue(nic);
        Packet packet = POOL.allocate(size);
        byte[] octetsOfIt = frame(size);
        packet.buf.setBytes(packet.append(size), octetsOfIt);
        if (size > 1514) {
            packet.flags = Packet.CHECKSUM_PARTIAL;
            packet.csumStart = packet.start + 34;
            packet.csumOffset = 16;
            packet.gsoSize = 1460;
        }
        return () -> {
            for (int i = 0; i < 64; i++) {
                if (queue.transmit(packet)) {
                    frames++;
                    octets += size;
                } else {
                    queue.await(1_000_000, true);
                }
            }
            queue.flush();
        };
    }

    private static byte[] frame(int size) {
        byte[] frame = new byte[size];
        byte[] head = java.util.HexFormat.of().parseHex("020000000001" + "020000000002" + "0800"
                + "4500" + String.format("%04x", size - 14) + "00004000400600000a0000020a000001"
                + "00090007" + "0000000100000002" + "5010ffff0000" + "0000");
        System.arraycopy(head, 0, frame, 0, Math.min(size, head.length));
        return frame;
    }
}
