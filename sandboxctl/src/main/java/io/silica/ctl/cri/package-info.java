// SPDX-License-Identifier: Apache-2.0
/**
 * A client of CRI, the API that containerd serves to a kubelet: calls, configuration files in
 * crictl's form, and container logs.
 *
 * <p>Calls block; a client may be used by many threads.
 */
@NullMarked
package io.silica.ctl.cri;

import org.jspecify.annotations.NullMarked;
