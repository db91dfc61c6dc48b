package org.splnet.wire;

import io.netty.buffer.ByteBuf;

/// The options of an IPv4 header (RFC 791 §3.1), as a view with a cursor.
/// ```text
/// +--------+                       end of list (0), no operation (1)
/// |  type  |
/// +--------+--------+--------+---- record route (7), timestamp (68), source routes (131, 137): `pointer`
/// |  type  | length | pointer| ... counts octets of the option from 1
/// +--------+--------+--------+----
/// |C|CL|num|                       C: copied into every fragment
/// ```
/// Ask [#validate] once after [#wrap]: it says where the first bad octet is, for a Parameter Problem, and
/// notes where the options with a meaning are. Then [#next] steps through them all. Both stay within the
/// header whatever it holds. Offsets are from the start of the IP header. Owned by one worker, never stored.
public final class Ip4Options {
    /// [#validate] found nothing wrong.
    public static final int OK = -1;
    /// The option is not there.
    public static final int ABSENT = -1;

    public static final int END = 0;
    public static final int NOP = 1;
    public static final int RECORD_ROUTE = 7;
    public static final int TIMESTAMP = 68;
    public static final int LOOSE_SOURCE_ROUTE = 131;
    public static final int STRICT_SOURCE_ROUTE = 137;
    /// RFC 2113.
    public static final int ROUTER_ALERT = 148;

    private static final int MOST_WITHOUT_ROOM = 15;

    // Flags of the timestamp option.
    public static final int TIMESTAMP_ONLY = 0;
    public static final int TIMESTAMP_WITH_ADDRESS = 1;
    public static final int TIMESTAMP_PRESPECIFIED = 3;

    private ByteBuf buf;
    private int header;
    private int end;
    private int cursor;
    private int following;
    private int recordRoute;
    private int timestamp;
    private int sourceRoute;
    private int routerAlert;

    /// Borrows `buf`; the IP header begins at index `header` and has been seen to fit.
    public Ip4Options wrap(ByteBuf buf, int header, int headerLen) {
        this.buf = buf;
        this.header = header;
        this.end = headerLen;
        recordRoute = ABSENT;
        timestamp = ABSENT;
        sourceRoute = ABSENT;
        routerAlert = ABSENT;
        return rewind();
    }

    /// Puts the cursor before the first option.
    public Ip4Options rewind() {
        cursor = Ip4Header.MIN_LEN;
        following = Ip4Header.MIN_LEN;
        return this;
    }

    /// Moves to the next option other than NOP; false at the end of the list, or at what cannot be stepped
    /// over.
    public boolean next() {
        cursor = following;
        while (cursor < end && octet(cursor) == NOP) {
            cursor++;
        }
        following = cursor;
        if (cursor >= end || octet(cursor) == END || !lengthFits()) {
            return false;
        }
        following = cursor + length();
        return true;
    }

    /// Checks every option and leaves the cursor rewound. An option we do not know is right if its length is
    /// (RFC 1122 §3.2.1.8: it is ignored); a route or timestamp option may be there once (RFC 791).
    ///
    /// @return [#OK], or the offset of the first bad octet, as the pointer of a Parameter Problem
    public int validate() {
        int bad = OK;
        rewind();
        while (bad == OK && next()) {
            bad = checkOption();
        }
        if (bad == OK && cursor < end && octet(cursor) != END) {
            bad = cursor + 1 < end ? cursor + 1 : cursor;   // a bad length, or a type without one
        }
        rewind();
        return bad;
    }

    public int type() {
        return octet(cursor);
    }

    /// Octets of the option, type and length included.
    public int length() {
        return octet(cursor + 1);
    }

    /// Where the option is.
    public int offset() {
        return cursor;
    }

    /// True if it goes into every fragment.
    public boolean copied() {
        return (type() & 0x80) != 0;
    }

    /// Of a validated route or timestamp option: the octet, from 1, where the next entry goes.
    public int pointer() {
        return octet(cursor + 2);
    }

    /// Where the record route option is, or [#ABSENT]; like the following three, as [#validate] found it.
    public int recordRoute() {
        return recordRoute;
    }

    public int timestamp() {
        return timestamp;
    }

    /// The source route, loose or strict.
    public int sourceRoute() {
        return sourceRoute;
    }

    public int routerAlert() {
        return routerAlert;
    }

    private int checkOption() {
        return switch (type()) {
            case RECORD_ROUTE -> {
                int bad = recordRoute == ABSENT ? checkRoute() : cursor;
                recordRoute = cursor;
                yield bad;
            }
            case LOOSE_SOURCE_ROUTE, STRICT_SOURCE_ROUTE -> {
                // RFC 791: at most once in a datagram; one loose and one strict contradict each other.
                int bad = sourceRoute == ABSENT ? checkRoute() : cursor;
                sourceRoute = cursor;
                yield bad;
            }
            case TIMESTAMP -> {
                int bad = timestamp == ABSENT ? checkTimestamp() : cursor;
                timestamp = cursor;
                yield bad;
            }
            case ROUTER_ALERT -> {
                routerAlert = cursor;
                yield length() == 4 ? OK : cursor + 1;          // RFC 2113 §2.1
            }
            default -> OK;
        };
    }

    /// RFC 791: the smallest pointer is 4; beyond the length it means "full"; in between there must be room
    /// for a whole address.
    private int checkRoute() {
        if (length() < 3) {
            return cursor + 1;
        }
        int pointer = pointer();
        return pointer < 4 || pointer <= length() && pointer + 3 > length() ? cursor + 2 : OK;
    }

    /// RFC 791: the smallest pointer is 5; an entry is a timestamp, or an address and a timestamp. Flags that
    /// are not defined leave the size of an entry open. Where there is no room for an entry, those who found
    /// none are counted, in four bits.
    private int checkTimestamp() {
        if (length() < 4) {
            return cursor + 1;
        }
        int pointer = pointer();
        int entry = switch (octet(cursor + 3) & 15) {
            case TIMESTAMP_ONLY -> 4;
            case TIMESTAMP_WITH_ADDRESS, TIMESTAMP_PRESPECIFIED -> 8;
            default -> 1;
        };
        boolean noRoom = pointer <= length() && pointer + entry - 1 > length();
        if (pointer < 5 || noRoom) {
            return cursor + 2;
        }
        return pointer > length() && octet(cursor + 3) >>> 4 == MOST_WITHOUT_ROOM ? cursor + 3 : OK;
    }

    private boolean lengthFits() {
        return cursor + 1 < end && length() >= 2 && cursor + length() <= end;
    }

    private int octet(int offset) {
        return buf.getUnsignedByte(header + offset);
    }
}
