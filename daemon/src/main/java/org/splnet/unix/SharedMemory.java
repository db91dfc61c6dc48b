package org.splnet.unix;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Memory of a fixed size that two processes have: made here and passed on as a descriptor, or made by
/// somebody else and mapped. Nobody can change its size (it is sealed), so nobody who has it mapped can be
/// hurt by who else has.
public final class SharedMemory implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int F_ADD_SEALS = 1033;
    private static final int SEALS = 0b111;            // the seals themselves, shrinking, growing

    private static final MemorySegment NAME = Arena.global().allocateFrom("splnet-ring");

    private final MemorySegment octets;

    private SharedMemory(MemorySegment octets) {
        this.octets = octets;
    }

    /// @return a descriptor of so many new octets, all 0, the caller's to close; or `-errno`
    public static int make(long octets) {
        Libc libc = new Libc();
        int fd = libc.memfdCreate(NAME.address(), MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (fd < 0) {
            return fd;
        }
        int code = fd >= Fd.CEILING ? -Errno.EMFILE : libc.ftruncate(fd, octets);
        if (code >= 0) {
            code = libc.fcntl(fd, F_ADD_SEALS, SEALS);
        }
        if (code < 0) {
            libc.close(fd);
            return code;
        }
        return fd;
    }

    /// Maps what a descriptor stands for; it may be closed then.
    ///
    /// @return null if the kernel has no room for one more mapping
    @SuppressWarnings("restricted") // the kernel has said that so many octets are there
    public static SharedMemory map(int fd, long octets) {
        long address = new Libc().mmap(0, octets, Libc.PROT_READ_WRITE, Libc.MAP_SHARED, fd, 0);
        return address < 0 ? null : new SharedMemory(MemorySegment.ofAddress(address).reinterpret(octets));
    }

    /// What is shared; not to be touched after [#close].
    MemorySegment octets() {
        return octets;
    }

    /// Unmaps it: once no thread will touch it any more.
    @Override
    public void close() {
        new Libc().munmap(octets.address(), octets.byteSize());
    }
}
