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
        var request = JSON.createObjectNode().put("ContainerID", PodPlaces.ROOT_CONTAINER);
        request.putArray("argv").add("/pod-init").add(work);
        request.putArray("GuestFDs");
        var pid = control.call("ExecuteAsync", request.put("wd", "/"));
        var argument = JSON.createObjectNode().put("CID", PodPlaces.ROOT_CONTAINER);
        return control.call("WaitPID", argument.put("PID", pid.asInt()), patience).asInt();
    }
}
