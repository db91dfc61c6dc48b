package org.splnet.config;

/// What the configuration asks of the host's users and groups.
public interface AccountCatalog {
    /// For who reads a configuration without going by it: the host has whoever is asked for.
    AccountCatalog UNASKED = new AccountCatalog() {
        @Override
        public void user(String name) {
        }

        @Override
        public void group(String name) {
        }
    };

    /// Looks a user up, by name or by number.
    ///
    /// @throws IllegalArgumentException with what is wrong if the host has no such user
    void user(String name);

    /// Looks a group up, by name or by number.
    ///
    /// @throws IllegalArgumentException with what is wrong if the host has no such group
    void group(String name);
}
