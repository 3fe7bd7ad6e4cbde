// SPDX-License-Identifier: Apache-2.0
package io.silica.agent.container;

import io.silica.agent.json.JsonException;
import io.silica.agent.json.JsonObject;
import io.silica.agent.json.JsonReader;
import io.silica.sandbox.SandboxException;
import java.util.LinkedHashMap;
import java.util.Map;

/** New limits of a container: OCI's {@code LinuxResources} in the words of cgroup version 2. */
public final class ResourceUpdate {
    private static final long MIN_SHARES = 2;
    private static final long MAX_SHARES = 262_144;
    private static final long MAX_WEIGHT = 10_000;
    private static final long PERIOD = 100_000;

    private ResourceUpdate() {}

    /**
     * Which file gets what.
     *
     * @throws SandboxException.InvalidArgument if it is not JSON
     */
    public static Map<String, String> files(String json) {
        JsonObject resources;
        try {
            resources = JsonReader.readObject(json);
        } catch (JsonException e) {
            throw new SandboxException.InvalidArgument(
                    "the resources are not JSON: " + e.getMessage(), e);
        }
        var files = new LinkedHashMap<String, String>();
        resources
                .object("memory")
                .number("limit")
                .ifPresent(n -> files.put("memory.max", limit(n)));
        resources.object("pids").number("limit").ifPresent(n -> files.put("pids.max", limit(n)));
        cpu(resources.object("cpu"), files);
        var unified = resources.object("unified");
        unified.members().keySet().forEach(file -> files.put(checked(file), unified.text(file)));
        return files;
    }

    private static void cpu(JsonObject cpu, Map<String, String> files) {
        cpu.number("shares").ifPresent(n -> files.put("cpu.weight", Long.toString(weight(n))));
        cpu.number("quota")
                .ifPresent(quota ->
                        files.put(
                                "cpu.max",
                                limit(quota) + " " + cpu.number("period").orElse(PERIOD)));
        for (var name : new String[] {"cpus", "mems"}) {
            if (!cpu.text(name).isEmpty()) {
                files.put("cpuset." + name, cpu.text(name));
            }
        }
    }

    /** A file of a cgroup is named for its controller, and no more. */
    private static String checked(String file) {
        if (file.indexOf('/') >= 0 || file.indexOf('.') <= 0 || file.startsWith("cgroup.")) {
            throw new SandboxException.InvalidArgument("not a limit of a cgroup: \"" + file + "\"");
        }
        return file;
    }

    private static String limit(long number) {
        return number <= 0 ? "max" : Long.toString(number);
    }

    /** As far along as the shares: the line of the kubelet and of runc. */
    private static long weight(long shares) {
        long within = Math.clamp(shares, MIN_SHARES, MAX_SHARES);
        return 1 + (within - MIN_SHARES) * (MAX_WEIGHT - 1) / (MAX_SHARES - MIN_SHARES);
    }
}
