// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel.gvisor;

import io.silica.sandbox.SandboxException;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** Has a sentry carry out, in its root container, what pod-init does when it has an argument. */
final class PodInit {
    /** What ends at once. */
    static final String NOTHING = "nothing";

    /** What starts processes for three seconds. */
    static final String PROBE = "probe";

    private static final JsonMapper JSON = JsonMapper.shared();

    private PodInit() {}

    /**
     * Carries it out and waits for its end.
     *
     * @return its status, as wait(2) has it
     * @throws SandboxException.TimedOut if it does not end
     */
    static int run(ControlSocket control, String work, Duration patience) {
        return await(control, start(control, work), patience);
    }

    /**
     * Has it begun.
     *
     * @return its pid
     */
    static int start(ControlSocket control, String work) {
        var request = JSON.createObjectNode().put("ContainerID", PodPlaces.ROOT_CONTAINER);
        request.putArray("argv").add("/pod-init").add(work);
        request.putArray("GuestFDs");
        return control.call("ExecuteAsync", request.put("wd", "/")).asInt();
    }

    /**
     * Waits for its end. Who gives up need not come again: the sentry waits on, and forgets it
     * then.
     *
     * @return its status, as wait(2) has it
     * @throws SandboxException.TimedOut if it does not end
     * @throws SandboxException.NotFound if it has ended and is forgotten
     */
    static int await(ControlSocket control, int pid, Duration patience) {
        var argument = JSON.createObjectNode().put("CID", PodPlaces.ROOT_CONTAINER);
        return control.call("WaitPID", argument.put("PID", pid), patience).asInt();
    }
}
