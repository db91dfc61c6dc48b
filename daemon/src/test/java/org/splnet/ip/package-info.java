/// IPv4 between a link that records and transports that record: `IpBed`.
package org.splnet.ip;
