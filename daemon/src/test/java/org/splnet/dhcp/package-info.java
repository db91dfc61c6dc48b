/// Tests of the DHCP client: the codec against octets and garbage, the machine against a scripted server on
/// virtual time, and the whole of it on an interface whose wire is the test.
package org.splnet.dhcp;
