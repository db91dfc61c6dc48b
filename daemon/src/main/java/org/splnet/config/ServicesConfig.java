package org.splnet.config;

/// The `[services]` inside the stack.
///
/// @param echo RFC 862
/// @param discard RFC 863
/// @param chargen RFC 864
/// @param status the status page
public record ServicesConfig(ServiceConfig echo, ServiceConfig discard, ServiceConfig chargen,
        StatusConfig status) {
    /// Everything off.
    public static final ServicesConfig DEFAULTS = new ServicesConfig(ServiceConfig.ECHO,
            ServiceConfig.DISCARD,
            ServiceConfig.CHARGEN, StatusConfig.DEFAULTS);
}
