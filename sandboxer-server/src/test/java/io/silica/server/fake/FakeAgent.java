// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.sandbox.ContainerId;
import io.silica.sandbox.ExecId;
import io.silica.sandbox.FormerContainer;
import io.silica.sandbox.SandboxException;
import io.silica.sandbox.Signal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What is behind one sandbox: containers and the programs in them. It outlives daemons. */
final class FakeAgent {
    private final Map<ContainerId, Guest> guests = new ConcurrentHashMap<>();

    /** The programs of one container. */
    record Guest(FakeProgram init, Map<ExecId, FakeProgram> execs) {
        void end(int code) {
            init.end(code);
            execs.values().forEach(it -> it.end(code));
        }
    }

    Guest create(ContainerId id, FakeProgram init) {
        var guest = new Guest(init, new ConcurrentHashMap<>());
        if (guests.putIfAbsent(id, guest) != null) {
            throw new SandboxException.AlreadyExists("the agent has " + id + " already");
        }
        return guest;
    }

    /** A container that is there as its record says, with its first process. */
    void expect(FormerContainer former) {
        var init = new FakeProgram(List.of("sleep"), former.init().stdio());
        init.become(former.init().state());
        guests.computeIfAbsent(former.id(), _ -> new Guest(init, new ConcurrentHashMap<>()));
    }

    Map<ContainerId, Guest> guests() {
        return guests;
    }

    /** Ends and deletes whatever is not wanted. */
    void keep(Set<ContainerId> wanted) {
        guests.forEach((id, guest) -> {
            if (!wanted.contains(id)) {
                guest.end(Signal.KILL.exitCode());
                guests.remove(id);
            }
        });
    }

    void end() {
        guests.values().forEach(guest -> guest.end(Signal.KILL.exitCode()));
    }
}
