// SPDX-License-Identifier: Apache-2.0
package io.silica.appkernel;

import io.silica.appkernel.kernel.KernelContainer;
import io.silica.appkernel.kernel.KernelProcess;
import io.silica.appkernel.kernel.KernelSandbox;
import io.silica.sandbox.AdoptedContainer;
import io.silica.sandbox.AdoptedProcess;
import io.silica.sandbox.Container;
import io.silica.sandbox.ContainerConfig;
import io.silica.sandbox.ContainerObserver;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.Exit;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.PodResources;
import io.silica.sandbox.ProcessState;
import io.silica.sandbox.Sandbox;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.SandboxId;
import io.silica.sandbox.Signal;
import io.silica.sandbox.Statistics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A pod on a kernel of its own: the boundary is the kernel, and ends with it. */
final class AppKernelSandbox implements Sandbox {
    private final SandboxId id;
    private final KernelSandbox kernel;
    private final Map<String, String> identity;
    private final SummedFigures figures = new SummedFigures();
    private volatile Optional<Statistics> last = Optional.empty();

    /**
     * @param identity what finds it again
     */
    AppKernelSandbox(SandboxId id, KernelSandbox kernel, Map<String, String> identity) {
        this.id = id;
        this.kernel = kernel;
        this.identity = Map.copyOf(identity);
    }

    @Override
    public int start() {
        return kernel.start();
    }

    @Override
    public Exit exit() {
        return kernel.exit();
    }

    @Override
    public Container createContainer(ContainerConfig config, ContainerObserver observer) {
        AppKernelProcess.requireClarity(
                "container \"%s\"".formatted(config.id()), config.spec().process(), config.stdio());
        var made = kernel.create(config);
        made.observer(observer);
        return container(made);
    }

    private AppKernelContainer container(KernelContainer made) {
        figures.add(made);
        return new AppKernelContainer(made, kernel::pid, () -> figures.remove(made));
    }

    @Override
    public List<AdoptedContainer> adoptContainers(List<FormerContainer> former) {
        if (kernel.ranOutOfMemory()) {
            former.stream()
                    .filter(AppKernelSandbox::ran)
                    .forEach(it -> it.observer().outOfMemory());
        }
        var wanted = former.stream().collect(Collectors.toMap(FormerContainer::id, it -> it));
        var adopted = new ArrayList<AdoptedContainer>();
        for (var found : kernel.containers()) {
            Optional.ofNullable(wanted.get(found.id()))
                    .ifPresentOrElse(it -> adopted.add(adopted(found, it)), () -> discard(found));
        }
        return adopted;
    }

    /** What ended before has been told with its reason. */
    private static boolean ran(FormerContainer former) {
        var state = former.init().state();
        return state instanceof ProcessState.Running || state instanceof ProcessState.Paused;
    }

    private AdoptedContainer adopted(KernelContainer found, FormerContainer former) {
        if (!(former.init().state() instanceof ProcessState.Stopped)) {
            found.observer(former.observer());
        }
        var container = container(found);
        var execs = new HashMap<ExecId, AdoptedProcess>();
        found.execs()
                .forEach((exec, process) -> {
                    if (former.execs().containsKey(exec)) {
                        execs.put(
                                exec,
                                new AdoptedProcess(container.added(process), process.state()));
                    } else {
                        discard(process);
                    }
                });
        return new AdoptedContainer(found.id(), container, found.init().state(), execs);
    }

    private static void discard(KernelContainer container) {
        container.execs().values().forEach(AppKernelSandbox::discard);
        discard(container.init());
    }

    private static void discard(KernelProcess process) {
        try {
            process.signal(Signal.KILL, true);
            process.exit().await();
        } catch (SandboxException.NotFound _) {
            // It has ended.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new SandboxException.Cancelled("interrupted while ending a stranger's container");
        }
        process.delete();
    }

    @Override
    public void stop() {
        kernel.stop();
    }

    /**
     * With what the kernel needs itself, where the pod's cgroup counts that. When the cgroup is
     * gone its last figures hold: the sum over containers is less, and CPU time never becomes less.
     */
    @Override
    public Statistics statistics() {
        var counted = kernel.statistics().or(() -> last);
        last = counted;
        return counted.orElseGet(() -> figures.at(InstantSource.system().instant()));
    }

    @Override
    public void update(PodResources resources) {
        kernel.update(resources);
    }

    @Override
    public Map<String, String> identity() {
        return identity;
    }

    @Override
    public void close() {
        kernel.close();
        figures.clear();
    }

    @Override
    public String toString() {
        return "sandbox \"" + id + '"';
    }
}
