// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What we read of a bundle's {@code config.json}, and the whole of it for a kind that hands it on.
 *
 * @param process the container's first process
 * @param rootReadOnly whether the root file system may not be written
 * @param hostname the UTS host name, where the specification has one
 * @param mounts in the order in which they are made
 * @param annotations the container's annotations: an attacker's input
 * @param cgroupsPath the container's cgroup
 * @param resources the container's limits
 * @param json the specification as it is to be carried out
 */
public record OciSpec(
        ProcessSpec process,
        boolean rootReadOnly,
        Optional<String> hostname,
        List<MountSpec> mounts,
        Map<String, String> annotations,
        Optional<String> cgroupsPath,
        Resources resources,
        String json) {
    public OciSpec {
        mounts = List.copyOf(mounts);
        annotations = Map.copyOf(annotations);
    }

    /** The same with another text as the whole of it. */
    public OciSpec withJson(String whole) {
        return new OciSpec(
                process,
                rootReadOnly,
                hostname,
                mounts,
                annotations,
                cgroupsPath,
                resources,
                whole);
    }
}
