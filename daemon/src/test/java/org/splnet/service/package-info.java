/// The services over sockets made of memory: no TCP, no clock but the test's.
package org.splnet.service;
