package org.splnet.capture;

/// A program for the machine of the BSD Packet Filter: an accumulator, an index register, sixteen words of
/// memory, jumps forward only. It was verified, so it ends, and reads nothing but the frame and its memory.
///
/// Immutable; any thread.
public final class BpfProgram {
    /// One instruction.
    ///
    /// @param code what is done
    /// @param jt how many instructions are skipped if the condition is true
    /// @param jf and if it is not
    /// @param k the operand, unsigned
    public record Instruction(int code, int jt, int jf, int k) { }

    /// Most instructions, as with libpcap and the kernel.
    public static final int MOST = 4096;

    private static final int MEMORY = 16;
    // Classes: the lowest three bits of a code
    private static final int LD = 0;
    private static final int LDX = 1;
    private static final int ST = 2;
    private static final int STX = 3;
    private static final int ALU = 4;
    private static final int JMP = 5;
    private static final int RET = 6;
    private static final int MISC = 7;
    // Operand: the index register instead of k
    private static final int X = 0x08;
    // What is loaded, from where
    private static final int IMM = 0x00;
    private static final int ABS = 0x20;
    private static final int IND = 0x40;
    private static final int MEM = 0x60;
    private static final int LEN = 0x80;
    private static final int MSH = 0xa0;
    private static final int H = 0x08;
    private static final int B = 0x10;
    // Arithmetic
    private static final int DIV = 0x30;
    private static final int MOD = 0x90;
    private static final int LSH = 0x60;
    private static final int RSH = 0x70;
    // Where the kernel's own machine has what it knows of a frame (linux/filter.h: SKF_AD_OFF, SKF_AD_MAX).
    // Here that is behind the end of every frame: none would pass, without a word
    private static final int KERNEL = -0x1000;
    private static final int KERNEL_LAST = KERNEL + 63;

    private final int[] code;
    private final int[] jt;
    private final int[] jf;
    private final int[] k;

    /// @throws IllegalArgumentException for a program that could run on, or reach outside, naming the place
    public BpfProgram(Instruction... all) {
        if (all.length == 0 || all.length > MOST) {
            throw new IllegalArgumentException("program of " + all.length + " instructions: must be in 1.."
                    + MOST);
        }
        code = new int[all.length];
        jt = new int[all.length];
        jf = new int[all.length];
        k = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            code[i] = all[i].code();
            jt[i] = all[i].jt();
            jf[i] = all[i].jf();
            k[i] = all[i].k();
            verify(i, all.length);
        }
        if ((code[all.length - 1] & 7) != RET) {
            throw new IllegalArgumentException("instruction " + (all.length - 1)
                    + ": the last must be a return");
        }
    }

    private void verify(int i, int length) {
        String wrong = switch (code[i]) {
            case LD | ABS, LD | ABS | H, LD | ABS | B -> k[i] < KERNEL || k[i] > KERNEL_LAST ? null
                    : "asks what only the kernel knows of a frame, as inbound, outbound and ifindex do";
            case LD | IND, LD | IND | H, LD | IND | B, LD | LEN, LD | IMM,
                    LDX | IMM, LDX | LEN, LDX | MSH | B, RET, RET | 0x10, MISC, MISC | 0x80 -> null;
            case LD | MEM, LDX | MEM, ST, STX -> Integer.compareUnsigned(k[i], MEMORY) < 0 ? null
                    : "there is no such word of memory";
            default -> switch (code[i] & 7) {
                case ALU -> arithmetic(i);
                case JMP -> jump(i, length);
                default -> "there is no such instruction";
            };
        };
        if (wrong != null) {
            throw new IllegalArgumentException("instruction " + i + ", code 0x" + Integer.toHexString(code[i])
                    + ", k " + Integer.toUnsignedString(k[i]) + ": " + wrong);
        }
    }

    private String arithmetic(int i) {
        int operation = code[i] & 0xf0;
        boolean constant = (code[i] & X) == 0;
        if ((code[i] & ~0xff) != 0 || operation > 0xa0 || operation == 0x80 && !constant) {
            return "there is no such instruction";
        }
        if (constant && k[i] == 0 && (operation == DIV || operation == MOD)) {
            return "divides by zero";
        }
        return constant && (operation == LSH || operation == RSH) && Integer.compareUnsigned(k[i], 31) > 0
                ? "shifts by more than 31" : null;
    }

    private String jump(int i, int length) {
        int operation = code[i] & 0xf0;
        if ((code[i] & ~0xff) != 0 || operation > 0x40 || operation == 0 && (code[i] & X) != 0) {
            return "there is no such instruction";
        }
        int room = length - i - 2;                  // the furthest that can be skipped
        boolean inside = operation == 0 ? k[i] >= 0 && k[i] <= room
                : jt[i] >= 0 && jt[i] <= room && jf[i] >= 0 && jf[i] <= room;
        return inside ? null : "jumps out of the program";
    }

    /// True if the frame passes.
    boolean accepts(FrameView frame) {
        return run(frame) != 0;
    }

    /// What the program returns: how much of the frame is wanted; 0 also when it reads behind its end.
    int run(FrameView frame) {
        int a = 0;
        int x = 0;
        int[] memory = null;
        int length = frame.length();
        for (int pc = 0; ; pc++) {
            int c = code[pc];
            int operand = k[pc];
            switch (c & 7) {
                case RET -> {
                    return c == RET ? operand : a;
                }
                case JMP -> pc += jumps(c, a, (c & X) != 0 ? x : operand) ? taken(pc) : jf[pc];
                case ALU -> {
                    int by = (c & X) != 0 ? x : operand;
                    if (by == 0 && ((c & 0xf0) == DIV || (c & 0xf0) == MOD)) {
                        return 0;
                    }
                    a = computed(c & 0xf0, a, by);
                }
                case MISC -> {
                    if (c == MISC) {
                        x = a;
                    } else {
                        a = x;
                    }
                }
                case ST, STX -> {
                    memory = memory == null ? new int[MEMORY] : memory;
                    memory[operand] = c == ST ? a : x;
                }
                default -> {
                    long value = load(frame, length, c, operand, x, memory);
                    if (value < 0) {
                        return 0;
                    }
                    if ((c & 7) == LD) {
                        a = (int) value;
                    } else {
                        x = (int) value;
                    }
                }
            }
        }
    }

    private int taken(int pc) {
        return (code[pc] & 0xf0) == 0 ? k[pc] : jt[pc];
    }

    private static boolean jumps(int c, int a, int operand) {
        return switch (c & 0xf0) {
            case 0x00 -> true;
            case 0x10 -> a == operand;
            case 0x20 -> Integer.compareUnsigned(a, operand) > 0;
            case 0x30 -> Integer.compareUnsigned(a, operand) >= 0;
            default -> (a & operand) != 0;
        };
    }

    private static int computed(int operation, int a, int by) {
        return switch (operation) {
            case 0x00 -> a + by;
            case 0x10 -> a - by;
            case 0x20 -> a * by;
            case DIV -> Integer.divideUnsigned(a, by);
            case 0x40 -> a | by;
            case 0x50 -> a & by;
            case LSH -> Integer.compareUnsigned(by, 32) < 0 ? a << by : 0;
            case RSH -> Integer.compareUnsigned(by, 32) < 0 ? a >>> by : 0;
            case 0x80 -> -a;
            case MOD -> Integer.remainderUnsigned(a, by);
            default -> a ^ by;
        };
    }

    /// @return negative if it is behind the end of the frame
    private static long load(FrameView frame, int length, int c, int operand, int x, int[] memory) {
        switch (c & 0xe0) {
            case IMM -> {
                return operand & 0xffff_ffffL;
            }
            case MEM -> {
                return memory == null ? 0 : memory[operand] & 0xffff_ffffL;
            }
            case LEN -> {
                return length;
            }
            case MSH -> {
                return Integer.compareUnsigned(operand, length) < 0 ? (frame.u8(operand) & 0xf) << 2 : -1;
            }
            default -> { /* from the frame */ }
        }
        long at = (operand & 0xffff_ffffL) + ((c & 0xe0) == IND ? x & 0xffff_ffffL : 0);
        int size = (c & B) != 0 ? 1 : (c & H) != 0 ? 2 : 4;
        if (at + size > length) {
            return -1;
        }
        return switch (size) {
            case 1 -> frame.u8((int) at);
            case 2 -> frame.u16((int) at);
            default -> frame.u32((int) at) & 0xffff_ffffL;
        };
    }
}
