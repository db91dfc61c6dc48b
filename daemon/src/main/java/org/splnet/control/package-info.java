/// The control plane: HTTP/1.1 and JSON on a Unix stream socket, to look at a running daemon and to steer it.
///
/// Entry point: [org.splnet.control.ControlServer]. What is shown comes from a
/// [org.splnet.service.status.StackSource], as on the status page; what is changed goes through
/// [org.splnet.control.Steering]. Steering is here and not on the status page because that is for whoever is
/// on the network, and this is for whoever may write to the socket's file (mode 0660).
///
/// | path | method | what |
/// |---|---|---|
/// | `/v1/status` | GET | as the status page; also `interfaces`, `sockets`, `stats` |
/// | `/metrics` | GET | all that is counted, for Prometheus; `?format=openmetrics` for OpenMetrics |
/// | `/v1/addresses` | GET | as the status page |
/// | | POST | `{"interface": …, "address": "A/P", "probe": true}` adds one; answers it |
/// | `/v1/addresses/{interface}/{address}` | DELETE | removes one; 204 |
/// | `/v1/routes` | GET | as the status page |
/// | | POST | `{"to": "N/P", "via": …, "interface": …, "metric": 0}` adds a static one; answers it |
/// | `/v1/routes/{to}` | DELETE | removes static ones, only those by `?via=`; 204 |
/// | `/v1/neighbors` | GET | as the status page |
/// | | POST | `{"interface": …, "address": …, "mac": …}` enters one for good; answers it |
/// | `/v1/neighbors/{interface}/{address}` | DELETE | forgets one, entered or found out; 204 |
/// | `/v1/leases` | GET | as the status page: what DHCP servers have given, and told |
/// | `/v1/leases/{interface}/renew` | POST | renews it now, or asks for one; answers it |
/// | `/v1/leases/{interface}/release` | POST | gives it back and asks for none; answers it |
/// | `/v1/events` | GET | [org.splnet.control.EventStream]: what happens, a line each; `?kind=link-up,…` |
/// | `/v1/capture` | GET | frames as they pass, in pcapng; `?filter=`, `?interface=a,b`, `?snaplen=`,
/// `?count=`, `?dropped=true` |
/// | `/v1/ping` | POST | `{"address": …, "octets": 56, "timeout-ms": 1000}` sends an echo request and waits |
/// | `/v1/log` | GET | levels of the log, the general one and by subsystem |
/// | | PUT | `{"level": …, "subsystem": …}` changes one; answers all |
/// | `/v1/locks` | GET | as the status page |
/// | | PUT | `{"witness": MODE}` switches the witness; answers the locks |
/// | | DELETE | forgets what was counted; answers the locks |
/// | `/v1/relays` | GET | as the status page |
/// | | POST | `{"publish": {"listen": …, "to": …}}`, or `forward`, or `socks`, with the keys of the |
/// | | | configuration: opens one; answers it |
/// | `/v1/relays/ID` | DELETE | ends one and resets its connections; 204 |
/// | `/v1/clock` | GET | with `clock = "manual"`: `{"now-ns": …, "next-due-ns": …}`, null if nothing is |
/// | | POST | `{"advance-ns": N}` lets time pass; answers the same and how many callouts `fired` |
/// | `/v1/reload` | POST | reads the configuration again; answers what changed and what needs a restart |
/// | `/v1/reset` | POST | returns the stack to its first moment; 204 |
///
/// An address that is probed for (RFC 5227) is answered as `probing`, and in use seconds later. What hangs on
/// an address that is removed: its claim ends and nobody defends it; static routes through its subnet are
/// kept and wait for it; a connection bound to it is told nothing. It sends nothing, since there is no way
/// from an address that is not ours, and hears nothing, since what comes to that address is dropped as not
/// ours. If the address comes back within the time that TCP retransmits for, the connection goes on; else it
/// ends as after any other silence, with a timeout, if it had something to send or keep-alive; an idle one
/// without stays. A listener bound to it hears nothing and stays. An address that a DHCP server has given and
/// that is lost, because the lease has expired, was refused or released, or because another station uses the
/// address, is removed in this way too; routes that came with it go with it.
///
/// Errors are problem details (RFC 9457): 400 for what is no HTTP or no JSON, with the place; 403 where a
/// rule does not let its user; 404, 405; 408 for a request that is not there in time; 409 where the stack as
/// it is does not allow it (an address that somebody has, a clock that is the system's or that somebody else
/// is advancing); 411 for a stream asked for in chunks; 413; 422 for a key or a value, of body or query, that
/// is not wanted, with what is; 429 where there are as many as there may be, or a quota is used up; 503 while
/// the daemon stops, or has no memory left for it. To try it:
/// `curl --unix-socket /run/splnet/control.sock http://x/v1/status`.
///
/// Bounds: connections, of all and of each user, time for a request and for its answer, size of line, header
/// and body; and each client's turn is a few steps, then others have theirs.
///
/// Sockets are lent here too ([org.splnet.control.SocketDesk], docs/sockets.md): a connection of this socket
/// becomes one of the stack ([org.splnet.control.StreamRelay]), its octets passed on through the client's
/// descriptor or through memory that is shared with it ([org.splnet.control.ClientEnd]); who may, and how
/// much, is a [org.splnet.control.Rule]'s to say.
///
/// May use: `service` and its packages for the records, their JSON and the checks of a request; `relay` for
/// the socket's file; `socket` for what is lent; `unix` for descriptors; `kern`.
/// Threads: `control`, an [org.splnet.unix.Poller], for all connections and for what clients write, and a
/// virtual thread per request that is being done; to a client writes whoever found its socket readable, and
/// what a client has written into shared memory is taken by whoever looks there ([org.splnet.kern.Lookout]);
/// descriptors that processes of a user pass on are closed by his [org.splnet.unix.Closer].
/// Locks: none.
package org.splnet.control;
