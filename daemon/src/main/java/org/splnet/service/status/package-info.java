/// The status page: what the stack is doing, for people (`/`) and programs (`/status.json`, `/v1/…`), and two
/// resources to test transfers with (`/bytes/N`, `/upload`).
///
/// Entry point: [org.splnet.service.status.StatusServer]. What is shown comes from a
/// [org.splnet.service.status.StackSource]; the names of the JSON members are the component names of the
/// records here and are kept stable. The control socket (`org.splnet.control`) has the same resources and
/// uses the same code; steering is there and not here, because this page is for the network.
///
/// | path | what |
/// |---|---|
/// | `/` | page for people |
/// | `/status.json` | everything below in one object |
/// | `/v1/status` | [org.splnet.service.status.DaemonStatus] |
/// | `/v1/interfaces` | list of [org.splnet.service.status.InterfaceStatus] |
/// | `/v1/addresses` | list of [org.splnet.service.status.AddressStatus] |
/// | `/v1/sockets` | list of [org.splnet.service.status.SocketStatus], without whose they are |
/// | `/v1/routes` | list of [org.splnet.service.status.RouteStatus] |
/// | `/v1/neighbors` | list of [org.splnet.service.status.NeighborStatus] |
/// | `/v1/leases` | list of [org.splnet.service.status.LeaseStatus] |
/// | `/v1/relays` | list of [org.splnet.service.status.RelayStatus] |
/// | `/v1/stats` | counters: object of objects of numbers |
/// | `/v1/locks` | [org.splnet.service.status.LocksStatus] |
/// | `/metrics` | [org.splnet.service.metrics.Metrics], as OpenMetrics where that is asked for |
/// | `/bytes/N` | N octets; octet i is `(i*31 + (i>>8)*7 + (i>>16)) & 255` |
/// | `/upload` | by PUT or POST: `{"length":…,"sha256":"…"}` of the body |
///
/// May use: `socket`, `pkt`, `wire`, `kern`, `service` and `service.http`. Locks: none. Threads: those of
/// [org.splnet.service.http].
package org.splnet.service.status;
