/// Stand-ins for the network, for tests of transports without `ip`.
package org.splnet.inet;
