// SPDX-License-Identifier: Apache-2.0
package io.silica.wasm;

import io.silica.linux.Descriptor;
import io.silica.sandbox.ContainerId;
import io.silica.sandbox.HostCalls;
import io.silica.sandbox.SandboxException;
import io.silica.wasm.compiler.CompiledModules;
import io.silica.wasm.compiler.CompilerException;
import io.silica.wasm.worker.Printable;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Has the modules of one pod compiled, one at a time: others shall have their turn. Any thread may
 * call it.
 */
final class PodModules {
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final CompiledModules modules;
    private final HostCalls host;
    private final ReentrantLock turn = new ReentrantLock(true);

    /**
     * @param host the pod's, for what can block
     */
    PodModules(CompiledModules modules, HostCalls host) {
        this.modules = modules;
        this.host = host;
    }

    /**
     * The compiled form of a container's module, which is the caller's.
     *
     * @param module open for reading
     * @param anew whether what is on disk is of no use
     * @throws SandboxException saying why there is none
     */
    Descriptor compiled(ContainerId container, Descriptor module, boolean anew) {
        await(container);
        try {
            return modules.get(module, anew, host);
        } catch (CompilerException e) {
            throw refused(container, e);
        } finally {
            turn.unlock();
        }
    }

    /** Whether a worker has the engine that modules are compiled for now. */
    boolean isFor(Worker worker) {
        return worker.build().filter(modules.build(host)::equals).isPresent();
    }

    private void await(ContainerId container) {
        try {
            if (!turn.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SandboxException.Exhausted(
                        "the module of container \"%s\" can't be compiled: other modules of its pod are before it"
                                .formatted(container));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled(
                    "cannot create container \"%s\": interrupted".formatted(container));
        }
    }

    private static SandboxException refused(ContainerId container, CompilerException why) {
        var words =
                "the module of container \"%s\" can't be run: %s"
                        .formatted(container, Printable.of(why.getMessage()));
        return switch (why) {
            case CompilerException.Refused _ -> new SandboxException.InvalidArgument(words, why);
            case CompilerException.TooLong _ -> new SandboxException.TimedOut(words);
            case CompilerException.TooMuch _ -> new SandboxException.Exhausted(words);
            case CompilerException.Unread _ -> new SandboxException.Unavailable(words);
            case CompilerException.Unavailable _ -> new SandboxException.Unavailable(words);
        };
    }
}
