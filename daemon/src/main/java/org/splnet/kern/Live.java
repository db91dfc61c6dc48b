package org.splnet.kern;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A component of a record of knobs that counts from the moment it is changed in a running stack; the others
/// are read once, at start, or both sides of a connection have agreed on them.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Live { }
