// SPDX-License-Identifier: Apache-2.0
package io.silica.benchmarks.ttrpc;

import java.nio.file.Path;

/** A server, and the method of it that is called. */
record Target(String name, Path socket, String method) {}
