// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm.engine;

import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
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
 * @param listeners sockets that it finds open, in this order and before the directories
 * @param preopens directories that it finds open, in this order
 * @param memory what its memories and tables may take, both counted
 */
public record WasiConfig(
        List<String> args,
        List<String> env,
        InputStream stdin,
        OutputStream stdout,
        OutputStream stderr,
        List<Listener> listeners,
        List<Preopen> preopens,
        MemoryAllowance memory) {
    public WasiConfig {
        args = List.copyOf(args);
        env = List.copyOf(env);
        listeners = List.copyOf(listeners);
        preopens = List.copyOf(preopens);
    }

    /** The same without sockets. */
    public WasiConfig(
            List<String> args,
            List<String> env,
            InputStream stdin,
            OutputStream stdout,
            OutputStream stderr,
            List<Preopen> preopens,
            MemoryAllowance memory) {
        this(args, env, stdin, stdout, stderr, List.of(), preopens, memory);
    }

    /**
     * A socket on which the guest takes connections. The engine closes it when the guest does, or
     * has ended: who connects then is refused.
     *
     * @param socket a listening TCP socket that does not block
     * @param poller what waits for it and its connections
     */
    public record Listener(Descriptor socket, Poller poller) {}

    /**
     * A directory of the host under the name by which the guest knows it.
     *
     * @param guestPath absolute
     * @param hostDirectory an existing directory
     * @param readOnly whether everything below it refuses changes
     */
    public record Preopen(String guestPath, Path hostDirectory, boolean readOnly) {}
}
