package org.splnet.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The clauses that a test would fail without, by the identifiers of the ledger's tables: resources beside
/// this class.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Shows {
    /// Identifiers, such as `MUST-23`.
    String[] value();
}
