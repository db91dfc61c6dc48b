/// The conformance ledger: which test shows which clause of which RFC.
package org.splnet.conformance;
