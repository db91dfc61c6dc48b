package org.splnet.client;

import java.io.IOException;

/// Both locks of a connection, in their order: `reading` first.
final class Locks {
    private Locks() {
    }

    /// Something to be done with locks held.
    interface Work {
        void run() throws IOException;
    }

    static void both(Connection connection, Work work) throws IOException {
        connection.reading.lock();
        try {
            connection.writing.lock();
            try {
                work.run();
            } finally {
                connection.writing.unlock();
            }
        } finally {
            connection.reading.unlock();
        }
    }
}
