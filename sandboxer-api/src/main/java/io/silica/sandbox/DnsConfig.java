// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;

/**
 * What the pod's resolv.conf says.
 *
 * @param servers addresses of name servers
 * @param searches domains that short names are looked up in
 * @param options resolver options such as {@code ndots:5}
 */
public record DnsConfig(List<String> servers, List<String> searches, List<String> options) {
    public DnsConfig {
        servers = List.copyOf(servers);
        searches = List.copyOf(searches);
        options = List.copyOf(options);
    }

    /** Whether the pod leaves its resolver to the host. */
    public boolean isEmpty() {
        return servers.isEmpty() && searches.isEmpty() && options.isEmpty();
    }
}
