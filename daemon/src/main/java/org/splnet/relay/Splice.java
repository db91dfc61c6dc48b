package org.splnet.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.splnet.kern.FaultLog;
import org.splnet.socket.Readiness;
import org.splnet.socket.SocketException;
import org.splnet.socket.StreamSocket;

/// One connection through a relay: a channel of the host and a socket of the stack, with what comes out of
/// either going into the other, in the buffer it came in.
///
/// Back pressure: while the stack does not take what was read from the host, at most one buffer of
/// [Intake], the host is not read; while more than [Host#HIGH] octets wait for the host, the stack is not
/// read. Each end of a stream is passed on after what came before it, and a reset is passed on as a reset.
///
/// Everything here is by the event loop's thread, except [#ready], which hands over to it.
final class Splice extends Guest implements Readiness.Listener {
    /// What becomes of connecting through the stack. By the event loop's thread.
    interface Opening {
        /// The connection is established.
        void opened();

        /// There is none.
        void failed(SocketException why);
    }

    private static final int MOST = 256 << 10;

    private final AtomicBoolean awake = new AtomicBoolean();    // a call of work is in the loop's queue
    private Channel channel;
    private Intake intake;
    private StreamSocket socket;
    private Opening opening;            // null but while the stack connects
    private ByteBuf pending;            // read from the host and not taken by the stack
    private boolean flowing;
    private boolean stackTold;          // that the host has ended
    private boolean hostEnding;         // is being told that the stack has ended
    private boolean hostTold;

    Splice(Relay relay, EventLoop loop) {
        super(relay, loop);
    }

    // ---- both ends

    /// The host's end, which may still be connecting.
    void host(Channel end, Intake read) {
        channel = end;
        intake = read;
        if (ended()) {
            Host.reset(end);
        }
    }

    /// The stack's end, established.
    void stack(StreamSocket end) {
        socket = end;
        if (ended()) {
            end.abort();
            end.close();
        }
    }

    /// The stack's end, which is being connected.
    void stack(StreamSocket end, Opening told) {
        stack(end);
        opening = told;
        end.listener(this);
    }

    /// Both ends are there: what comes out of one goes into the other from now on.
    ///
    /// @param first octets of the host that have been read already, null for none; consumed
    void flow(ByteBuf first) {
        pending = first;
        if (ended()) {
            release();
            return;
        }
        flowing = true;
        channel.pipeline().addLast(handler());
        socket.listener(this);
        work();
    }

    // ---- the stack

    /// Any thread, holding nothing.
    @Override
    public void ready(int events) {
        if (awake.compareAndSet(false, true)) {
            later(this::work);
        }
    }

    private void work() {
        awake.set(false);               // before looking: what comes from here on comes again
        if (ended()) {
            return;
        }
        try {
            if (opening != null) {
                lookAtOpening();
            }
            if (flowing && !ended()) {
                toStack();
                toHost();
                endIfDone();
            }
        } catch (SocketException e) {
            reset();
        }
    }

    private void lookAtOpening() {
        int ready = socket.ready();
        Opening told = opening;
        if ((ready & Readiness.CONNECTED) != 0) {
            opening = null;
            told.opened();
        } else if ((ready & (Readiness.ERROR | Readiness.HANGUP)) != 0) {
            opening = null;
            relay.stats().failed.increment();
            try {
                socket.receive(1).release();
                told.failed(null);
            } catch (SocketException why) {
                told.failed(why);
            }
        }
    }

    private void toStack() throws SocketException {
        while (pending != null) {
            int sent = socket.send(pending);
            if (sent == 0 && pending.isReadable()) {
                return;                 // WRITABLE follows
            }
            relay.stats().octetsToStack.add(sent);
            moved();
            if (!pending.isReadable()) {
                release();
            }
        }
        if (!intake.ended()) {
            channel.read();
        } else if (!stackTold) {
            stackTold = true;
            Host.readNoMore(channel);
            moved();
            socket.shutdownOutput();
        }
    }

    private void toHost() throws SocketException {
        boolean wrote = false;
        while (!hostEnding && channel.isWritable()) {
            ByteBuf data = socket.receive(MOST);
            if (data == null) {
                break;
            }
            moved();
            if (!data.isReadable()) {
                data.release();
                endHost();
                return;
            }
            relay.stats().octetsToHost.add(data.readableBytes());
            channel.write(data, channel.voidPromise());
            wrote = true;
        }
        if (wrote) {
            channel.flush();
        } else if (!channel.isWritable() && (socket.ready() & Readiness.ERROR) != 0) {
            socket.receive(1);          // throws: a reset is not kept waiting by a host that does not read
        }
    }

    private void endHost() {
        hostEnding = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (written.isSuccess()) {
                ((DuplexChannel) channel).shutdownOutput().addListener(this::hostTold);
            }
        });
    }

    private void hostTold(Future<?> shut) {
        hostTold = true;
        if (!shut.isSuccess()) {
            reset();
        }
        endIfDone();
    }

    private void endIfDone() {
        if (hostTold && stackTold && end()) {
            socket.close();
            channel.close();
        }
    }

    // ---- the host

    private ChannelInboundHandler handler() {
        return new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                // One read is asked for at a time, when nothing is pending, and gives one buffer.
                pending = (ByteBuf) message;
                if (ended()) {
                    release();
                }
                work();
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext ctx) {
                work();
            }

            @Override
            public void channelWritabilityChanged(ChannelHandlerContext ctx) {
                // Not at once: this comes from within a flush of work's, and others have waited meanwhile.
                ready(0);
            }

            @Override
            public void channelInactive(ChannelHandlerContext ctx) {
                abort();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                broken(cause);
            }
        };
    }

    /// The host's end failed.
    void broken(Throwable cause) {
        if (cause instanceof IOException) {
            reset();
        } else {
            FaultLog.system().record(cause);
            abort();
        }
    }

    // ---- the end

    /// What came from the stack is lost on its way to the host, if it was reset there.
    private void reset() {
        if (!ended()) {
            relay.stats().resets.increment();
            abort(true);
        }
    }

    /// Resets both ends.
    @Override
    void abort() {
        abort(false);
    }

    /// @param unread as in [StreamSocket#abort(boolean)]
    private void abort(boolean unread) {
        if (!end()) {
            return;
        }
        release();
        if (socket != null) {
            socket.abort(unread);
            socket.close();
        }
        if (channel != null) {
            Host.reset(channel);
        }
    }

    private void release() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }
}
