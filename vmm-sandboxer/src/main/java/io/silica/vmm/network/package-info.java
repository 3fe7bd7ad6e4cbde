// SPDX-License-Identifier: Apache-2.0

/**
 * How a pod's network gets into its machine: each interface of the pod's network namespace has a
 * tap device beside it, and what arrives at one leaves by the other. The guest has the interface's
 * hardware address, addresses and routes; the host's end of it keeps them and hears nothing.
 *
 * <pre>
 *   CNI's interface (eth0) --ingress--> redirect --> tap --> QEMU --> guest's eth0
 *                          <----------- redirect <--ingress--'
 * </pre>
 */
@NullMarked
package io.silica.vmm.network;

import org.jspecify.annotations.NullMarked;
