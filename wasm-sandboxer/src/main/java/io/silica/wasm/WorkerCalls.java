// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.CallOptions;
import io.silica.ttrpc.TtrpcClient;
import io.silica.ttrpc.TtrpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections over which a worker is called: one that is kept for all calls, or one for each
 * call, so that a worker that nobody waits for has none and can end by itself. Any thread may call
 * any method.
 */
final class WorkerCalls implements AutoCloseable {
    private final Path socket;
    private final boolean isKept;
    private final Set<TtrpcClient> open = new HashSet<>();
    private @Nullable TtrpcClient kept;
    private boolean closed;

    /**
     * Connects to nothing yet.
     *
     * @param isKept whether there is one connection for all calls
     */
    WorkerCalls(Path socket, boolean isKept) {
        this.socket = socket;
        this.isKept = isKept;
    }

    /**
     * Calls it.
     *
     * @throws SandboxException what it answers, or Unavailable if it can't be reached
     */
    <R extends MessageLite> R call(
            String service,
            String method,
            MessageLite request,
            Parser<R> responses,
            CallOptions options) {
        try {
            var client = isKept ? kept() : connect();
            try {
                return client.call(service, method, request, responses, options);
            } finally {
                if (!isKept) {
                    close(client);
                }
            }
        } catch (TtrpcException e) {
            throw WorkerFailure.of(e);
        } catch (IOException e) {
            throw new SandboxException.Unavailable("cannot reach the wasm worker", e);
        }
    }

    private synchronized TtrpcClient kept() throws IOException {
        var present = kept;
        if (present != null && present.isOpen()) {
            return present;
        }
        if (present != null) {
            close(present);
        }
        var fresh = connect();
        kept = fresh;
        return fresh;
    }

    private synchronized TtrpcClient connect() throws IOException {
        if (closed) {
            throw new SandboxException.Unavailable("the wasm worker was let go of");
        }
        var fresh = TtrpcClient.connect(socket);
        open.add(fresh);
        return fresh;
    }

    private void close(TtrpcClient client) {
        synchronized (this) {
            open.remove(client);
        }
        client.close();
    }

    /** Calls that are open fail as Unavailable. */
    @Override
    public void close() {
        List<TtrpcClient> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(open);
            open.clear();
        }
        all.forEach(TtrpcClient::close);
    }
}
