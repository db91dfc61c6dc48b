/// Tests of the wire layer: golden bytes, address tables, a naive model beside each piece of arithmetic.
package org.splnet.wire;
