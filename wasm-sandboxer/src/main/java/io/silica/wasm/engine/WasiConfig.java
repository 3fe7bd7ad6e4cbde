// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What a guest can reach. The engine neither closes nor buffers the streams; a thread that waits in
 * one of them must come back when it is interrupted, and {@link InputStream#available} of stdin
 * must be positive when a read would not wait, the end of the stream included.
 *
 * @param args the command's name and its arguments
 * @param env each {@code NAME=value}
 * @param stdin its standard input
 * @param stdout its standard output
 * @param stderr its standard error
 * @param preopens directories that it finds open, in this order
 * @param memory what its memories and tables may take, both counted
 */
public record WasiConfig(
        List<String> args,
        List<String> env,
        InputStream stdin,
        OutputStream stdout,
        OutputStream stderr,
        List<Preopen> preopens,
        MemoryAllowance memory) {
    public WasiConfig {
        args = List.copyOf(args);
        env = List.copyOf(env);
        preopens = List.copyOf(preopens);
    }

    /**
     * A directory of the host under the name by which the guest knows it.
     *
     * @param guestPath absolute
     * @param hostDirectory an existing directory
     * @param readOnly whether everything below it refuses changes
     */
    public record Preopen(String guestPath, Path hostDirectory, boolean readOnly) {}
}
