/// Tests of the link layer on virtual time, and [org.splnet.net.FakeDevice], a device in memory for the tests
/// of any package.
package org.splnet.net;
