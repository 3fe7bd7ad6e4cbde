// SPDX-License-Identifier: Apache-2.0
package io.silica.agent;

import io.silica.agent.container.BlockingCalls;
import io.silica.agent.container.ContainerCgroup;
import io.silica.agent.container.Containers;
import io.silica.agent.container.GuestPaths;
import io.silica.agent.container.Reaper;
import io.silica.agent.machine.PodMachine;
import io.silica.linux.Descriptor;
import io.silica.linux.Poller;
import io.silica.ttrpc.ServerConfig;
import io.silica.ttrpc.ServerLimits;
import io.silica.ttrpc.StreamLimits;
import io.silica.ttrpc.TtrpcServer;
import java.time.Duration;
import java.util.function.Supplier;

/** All parts of the agent, put together. */
final class Agent {
    /** More than a window of a stream, with what frames it. */
    private static final StreamLimits STREAM = new StreamLimits(384 << 10, Duration.ofSeconds(5));

    private static final int STREAMS = 1024;

    private final HostLink link;

    /**
     * @param reaper one that runs: a process has no second one
     * @param dial connects to the host
     * @param off switches the machine off
     */
    Agent(GuestPaths paths, Boot boot, Reaper reaper, Supplier<Descriptor> dial, Runnable off) {
        var poller = Poller.start("poller");
        var blocking = new BlockingCalls();
        var containers = new Containers(paths, reaper, poller, blocking);
        var machine = new PodMachine(paths, blocking);
        var pulse = new Pulse(System::nanoTime);
        var attachment = new Attachment(pulse);
        var power = new PowerSwitch(containers, off);
        var operations = new Operations();
        var pod = new ContainerCgroup(paths.podCgroup());
        var guest = new GuestService(attachment, operations, machine, containers, pod, boot, power);
        var server =
                new TtrpcServer(
                        ServerConfig.of(
                                        guest.definition(),
                                        new TaskService(attachment, operations, machine, containers)
                                                .definition(),
                                        new StreamsService(attachment, containers).definition())
                                .withLimits(ServerLimits.standard().withStreams(STREAMS, STREAM))
                                .withExceptions(new StatusOfExceptions()));
        power.serving(server);
        link =
                new HostLink(
                        () -> {
                            boot.dials();
                            return dial.get();
                        },
                        server,
                        poller,
                        pulse);
    }

    /** Serves until the machine ends. */
    void run() throws InterruptedException {
        link.run();
    }
}
