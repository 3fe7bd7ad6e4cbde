// SPDX-License-Identifier: Apache-2.0
package io.silica.server.host;

import io.silica.linux.LinuxException;
import io.silica.linux.cgroup.CgroupException;
import io.silica.sandbox.SandboxException;
import java.io.IOException;
import java.util.concurrent.Callable;

/** Tells what the kernel refused in the words of the model. */
final class HostFailure {
    private HostFailure() {}

    /** Runs a step of preparing a pod, whose failures become {@link SandboxException}s. */
    static <T> T translated(String action, Callable<T> step) {
        try {
            return step.call();
        } catch (LinuxException e) {
            throw of(action, e);
        } catch (IOException | CgroupException e) {
            throw new SandboxException.Failed("cannot " + action + ": " + e, e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static SandboxException of(String action, LinuxException e) {
        String message = "cannot " + action + ": " + e.getMessage();
        return e.errno().isExhausted()
                ? new SandboxException.Exhausted(message, e)
                : new SandboxException.Failed(message, e);
    }
}
