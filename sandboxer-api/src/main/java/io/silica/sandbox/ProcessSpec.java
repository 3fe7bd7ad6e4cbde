// SPDX-License-Identifier: Apache-2.0
package io.silica.sandbox;

import java.util.List;

/**
 * A process as its OCI specification has it.
 *
 * @param args the command and its arguments, never empty
 * @param env each {@code NAME=value}
 * @param cwd working directory, absolute, inside the container
 * @param user who it runs as
 * @param terminal whether it has a terminal
 */
public record ProcessSpec(
        List<String> args, List<String> env, String cwd, User user, boolean terminal) {
    public ProcessSpec {
        args = List.copyOf(args);
        env = List.copyOf(env);
    }

    /**
     * Numeric identities inside the container, each an unsigned 32-bit number.
     *
     * @param uid user
     * @param gid primary group
     * @param additionalGids further groups
     */
    public record User(long uid, long gid, List<Long> additionalGids) {
        /** Root and nothing else. */
        public static final User ROOT = new User(0, 0, List.of());

        public User {
            additionalGids = List.copyOf(additionalGids);
        }
    }
}
