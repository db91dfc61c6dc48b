/// The control plane: HTTP/1.1 and JSON on a Unix stream socket, to look at a running daemon and to steer it.
///
/// Entry point: [org.splnet.control.ControlServer]. What is shown comes from a
/// [org.splnet.service.status.StackSource], as on the status page; what is changed goes through
/// [org.splnet.control.Steering]. Steering is here and not on the status page because that is for whoever is
/// on the network, and this is for whoever may write to the socket's file (mode 0660).
///
/// | path | method | what |
/// |---|---|---|
/// | `/v1/status` | GET | as the status page; also `interfaces`, `sockets`, `routes`, `neighbors`, `stats` |
/// | `/v1/locks` | GET | as the status page |
/// | | PUT | `{"witness": MODE}` switches the witness; answers the locks |
/// | | DELETE | forgets what was counted; answers the locks |
/// | `/v1/clock` | GET | with `clock = "manual"`: `{"now-ns": …, "next-due-ns": …}`, null if nothing is |
/// | | POST | `{"advance-ns": N}` lets time pass; answers the same and how many callouts `fired` |
/// | `/v1/reset` | POST | returns the stack to its first moment; 204 |
///
/// Errors are problem details (RFC 9457): 400 for what is no HTTP or no JSON, with the place; 404, 405; 409
/// where the clock is the system's or somebody else is advancing it; 413; 422 for a key or a value that is
/// not wanted, with what is. To try it:
/// `curl --unix-socket /run/splnet/control.sock http://x/v1/status`.
///
/// Bounds: connections, time for a request and for its answer, size of line, header and body. Each connection
/// takes one request.
///
/// May use: `service` and its packages for the records, their JSON and the checks of a request; `kern`.
/// Threads: `control`, Netty's event loop, for all connections, and a virtual thread per request that is
/// being done. Locks: none.
///
/// Deliberately missing: sockets for programs outside (that is a plane of its own), events, users and rights
/// beyond those of the file.
package org.splnet.control;
