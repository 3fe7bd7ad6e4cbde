// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.MessageLite;
import io.silica.sandbox.SandboxException;
import io.silica.ttrpc.UnaryHandler;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * What the host has asked for once and may ask for again, because a connection broke or a daemon
 * died before the answer had arrived: each is carried out once, and its result kept until it is
 * acknowledged. Thread safe.
 */
final class Operations {
    /** The key of the metadata that says which operation a call is. */
    static final String KEY = "silica-operation";

    /** Beyond it the oldest that have come to their end are forgotten. */
    static final int MOST = 256;

    private static final int LONGEST_ID = 256;

    private final Map<String, Operation> byId = new LinkedHashMap<>();

    /**
     * What a call changes.
     *
     * @param exec empty for the first process, or the container
     */
    record Change(String method, String container, String exec) {
        boolean isOfWhatIsGoneWith(Change delete) {
            return container.equals(delete.container)
                    && (delete.exec.isEmpty() || exec.equals(delete.exec));
        }

        @Override
        public String toString() {
            return "%s of container \"%s\"%s"
                    .formatted(
                            method,
                            container,
                            exec.isEmpty() ? "" : ", process \"%s\"".formatted(exec));
        }
    }

    private record Operation(Change change, FutureTask<?> work) {}

    /** The same method, carried out once for each operation. */
    <Q extends MessageLite, R extends MessageLite> UnaryHandler<Q, R> once(
            Function<Q, Change> change, UnaryHandler<Q, R> handler) {
        return (request, context) -> {
            var id = context.metadata().first(KEY);
            return id.isEmpty()
                    ? handler.handle(request, context)
                    : once(id.get(), change.apply(request), () -> handler.handle(request, context));
        };
    }

    /** The same method, after which nothing is kept of what it has deleted but this. */
    <Q extends MessageLite, R extends MessageLite> UnaryHandler<Q, R> last(
            Function<Q, Change> change, UnaryHandler<Q, R> handler) {
        return (request, context) -> {
            var id = context.metadata().first(KEY);
            return id.isEmpty()
                    ? handler.handle(request, context)
                    : last(id.get(), change.apply(request), () -> handler.handle(request, context));
        };
    }

    /** Carries out the operation that is the last of a container or a process. */
    <R> R last(String id, Change delete, Callable<R> work) throws Exception {
        return once(
                id,
                delete,
                () -> {
                    try {
                        R result = work.call();
                        forgetWith(delete);
                        return result;
                    } catch (SandboxException.NotFound e) {
                        // Nothing is left of it either.
                        forgetWith(delete);
                        throw e;
                    }
                });
    }

    /**
     * Carries out an operation, or gives the result that it had.
     *
     * @throws SandboxException.InvalidArgument if the id is that of another
     */
    @SuppressWarnings("unchecked") // the same method of the same contract
    <R> R once(String id, Change change, Callable<R> work) throws Exception {
        var operation = begun(id, change, new FutureTask<>(work));
        if (!operation.change.equals(change)) {
            throw new SandboxException.InvalidArgument(
                    "an operation that was %s comes as %s".formatted(operation.change, change));
        }
        // Nothing but for whoever is first.
        operation.work.run();
        try {
            return (R) operation.work.get();
        } catch (ExecutionException e) {
            var failure = requireNonNull(e.getCause());
            if (!isResult(failure)) {
                forget(id, operation);
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw failure instanceof Exception known ? known : e;
        }
    }

    private synchronized Operation begun(String id, Change change, FutureTask<?> work) {
        if (id.length() > LONGEST_ID) {
            throw new SandboxException.InvalidArgument("the id of an operation is too long");
        }
        var known = byId.get(id);
        if (known != null) {
            return known;
        }
        var fresh = new Operation(change, work);
        byId.put(id, fresh);
        makeRoom();
        return fresh;
    }

    private void makeRoom() {
        var oldest = byId.values().iterator();
        while (byId.size() > MOST && oldest.hasNext()) {
            if (oldest.next().work.isDone()) {
                oldest.remove();
            }
        }
    }

    /** What was broken off may be asked for again. */
    private static boolean isResult(Throwable failure) {
        return switch (failure) {
            case SandboxException.Unavailable _,
                    SandboxException.TimedOut _,
                    SandboxException.Cancelled _,
                    InterruptedException _,
                    Error _ ->
                    false;
            default -> true;
        };
    }

    private synchronized void forget(String id, Operation operation) {
        byId.remove(id, operation);
    }

    private synchronized void forgetWith(Change delete) {
        byId.values().removeIf(it -> it.work.isDone() && it.change.isOfWhatIsGoneWith(delete));
    }

    /** They do not come again; who is not known is not missed. */
    synchronized void acknowledged(List<String> ids) {
        ids.forEach(byId::remove);
    }
}
