// SPDX-License-Identifier: Apache-2.0

/**
 * The Controller service of containerd's Sandbox API: a thin adapter between the wire and the
 * {@link io.silica.server.registry.SandboxRegistry}. Every failure passes through {@link
 * io.silica.server.status.StatusMapper}.
 */
@NullMarked
package io.silica.server.controller;

import org.jspecify.annotations.NullMarked;
