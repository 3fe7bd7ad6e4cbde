// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.agent.container.GuestPaths;
import io.silica.agent.container.Reaper;
import io.silica.linux.Machine;
import io.silica.linux.VsockAddress;
import io.silica.linux.VsockSocket;
import java.time.InstantSource;

/** Process 1 of a guest. The first stage of its boot has mounted everything. */
public final class Main {
    /** Where the host waits for us. */
    private static final VsockAddress HOST = new VsockAddress(VsockAddress.HOST, 5000);

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        var boot = new Boot();
        var reaper = new Reaper(InstantSource.system());
        reaper.start();
        var paths = GuestPaths.standard();
        new Agent(paths, boot, reaper, () -> VsockSocket.connect(HOST), Machine::powerOff).run();
    }
}
