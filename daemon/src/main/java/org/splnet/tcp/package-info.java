/// TCP (RFC 9293).
package org.splnet.tcp;
