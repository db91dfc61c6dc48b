/// What the stack counts, as OpenMetrics or in the text format of Prometheus.
///
/// Entry point: [org.splnet.service.metrics.Metrics]. Everything comes from a
/// [org.splnet.service.status.StackSource], so a metric is one number of what `/v1/…` shows, under a name
/// with the prefix `splnet_` and its base unit, seconds or bytes. A counter that the stack gets appears here
/// by itself: `ip`, `tcp` and `udp` as `splnet_tcp_segments_in_total`, drops by `reason`, services by
/// `service`.
///
/// Sockets are counted by protocol and state only: one metric per connection would be a series for whatever
/// a peer likes to open.
///
/// Locks: none. Threads: whoever asks; each answer looks anew.
package org.splnet.service.metrics;
