// SPDX-License-Identifier: Apache-2.0

/**
 * The kind {@code appkernel}: a pod runs on an application kernel, a program that answers its
 * system calls instead of the host's kernel. This package is the part of the daemon that does not
 * depend on which one that is; the seam is {@link io.silica.appkernel.kernel.AppKernel}.
 *
 * <pre>
 *   AppKernelSandboxer --create, adopt--> AppKernelSandbox --> AppKernelContainer --> AppKernelProcess
 *          |                                    |                     |                     |
 *      AppKernel ---prepare, find-------> KernelSandbox ------> KernelContainer -----> KernelProcess
 * </pre>
 */
@NullMarked
package io.silica.appkernel;

import org.jspecify.annotations.NullMarked;
