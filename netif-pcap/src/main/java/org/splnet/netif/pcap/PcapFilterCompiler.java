package org.splnet.netif.pcap;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import org.splnet.capture.BpfProgram;
import org.splnet.capture.BpfProgram.Instruction;
import org.splnet.capture.FilterCompiler;
import org.splnet.capture.FilterException;

/// libpcap's compiler (`pcap_compile`), which is safe to be called by several threads since libpcap 1.8. Its
/// programs come out as numbers and are run by the daemon; pcap4j, which has the call too, keeps them to
/// itself.
public final class PcapFilterCompiler implements FilterCompiler {
    /// Where pcap4j takes the library's name from, and what it is otherwise.
    static final String LIBRARY = System.getProperty("org.pcap4j.core.pcapLibName", "pcap");

    /// Octets of a `bpf_insn`: code, jt, jf, k.
    static final int INSTRUCTION = 8;

    /// DLT_EN10MB
    private static final int ETHERNET = 1;
    private static final int SNAPLEN = 262_144;
    private static final int OPTIMIZE = 1;
    private static final int NETMASK_UNKNOWN = -1;
    /// A `bpf_program`: a number and a pointer, which is aligned.
    private static final int PROGRAM = 16;

    @Override
    public BpfProgram compile(String filter) throws FilterException {
        try {
            return new BpfProgram(instructions(filter));
        } catch (IllegalArgumentException e) {
            throw new FilterException("libpcap's program is refused: " + e.getMessage());
        } catch (LinkageError e) {
            throw new FilterException("libpcap cannot be loaded ("
                    + e.getMessage().lines().findFirst().orElse("")
                    + "): install it: apt-get install libpcap0.8; or capture without a filter");
        }
    }

    /// What libpcap makes of `filter`.
    static Instruction[] instructions(String filter) throws FilterException {
        try (Memory program = new Memory(PROGRAM)) {
            compile(filter, program);
            try {
                return instructions(program);
            } finally {
                function("pcap_freecode").invoke(new Object[] {program});
            }
        }
    }

    /// Has `filter` compiled into `program`, which the caller frees with `pcap_freecode`.
    static void compile(String filter, Memory program) throws FilterException {
        program.clear();
        Pointer handle = function("pcap_open_dead").invokePointer(new Object[] {ETHERNET, SNAPLEN});
        if (handle == null) {
            throw new FilterException("libpcap has no memory for a handle");
        }
        try {
            int wrong = function("pcap_compile").invokeInt(new Object[] {handle, program, filter, OPTIMIZE,
                NETMASK_UNKNOWN});
            if (wrong != 0) {
                throw new FilterException(function("pcap_geterr").invokePointer(new Object[] {handle})
                        .getString(0).strip());
            }
        } finally {
            function("pcap_close").invoke(new Object[] {handle});
        }
    }

    private static Instruction[] instructions(Memory program) {
        Pointer first = program.getPointer(8);
        Instruction[] all = new Instruction[program.getInt(0)];
        for (int i = 0; i < all.length; i++) {
            long at = (long) i * INSTRUCTION;
            all[i] = new Instruction(first.getShort(at) & 0xffff, first.getByte(at + 2) & 0xff,
                    first.getByte(at + 3) & 0xff, first.getInt(at + 4));
        }
        return all;
    }

    static Function function(String name) {
        return NativeLibrary.getInstance(LIBRARY).getFunction(name);
    }
}
