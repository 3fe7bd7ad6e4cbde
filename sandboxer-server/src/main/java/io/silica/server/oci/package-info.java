// SPDX-License-Identifier: Apache-2.0
/**
 * Reads what containerd wrote in OCI's form (a bundle's {@code config.json}, the process of an
 * exec, new limits) and what the pod changes in it.
 *
 * <p>Every value is an attacker's: it comes from an image or from whoever may create a pod. So
 * size, depth and number of values are bounded, duplicate keys are refused, and each value is
 * checked where it is read; what is wrong is an {@link
 * io.silica.sandbox.SandboxException.InvalidArgument} that names the place in the document.
 */
@NullMarked
package io.silica.server.oci;

import org.jspecify.annotations.NullMarked;
