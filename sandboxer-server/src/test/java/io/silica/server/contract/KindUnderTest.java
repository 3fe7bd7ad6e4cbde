// SPDX-License-Identifier: Apache-2.0
package io.silica.server.contract;

import io.silica.sandbox.Sandboxer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a kind tells the contracts about itself. */
public interface KindUnderTest {
    /**
     * Makes the kind; a second call with the same directory is the next life of the daemon.
     *
     * @param state a directory of the kind's own
     */
    Sandboxer sandboxer(Path state);

    /** Puts the programs below into a root file system. */
    void fill(Path rootfs) throws IOException;

    /** Arguments of a program that runs until it is killed and does not mind SIGTERM. */
    List<String> sleep();

    /** Arguments of a program that ends at once with a code. */
    List<String> exit(int code);

    /** Arguments of a program that prints a line and ends with 0. */
    List<String> print(String line);

    /** Arguments of a program that is not there. */
    default List<String> missing() {
        return List.of("/no/such");
    }

    /** Whether it adds processes to a running container. */
    boolean execs();

    /** Whether it freezes containers. */
    boolean pauses();

    /** How many sandboxes are made at once: what each of them costs is the kind's. */
    default int sandboxesAtOnce() {
        return 100;
    }

    /** Whether a sandbox goes on when what ran its containers was killed. */
    default boolean sandboxesOutliveTheirAgent() {
        return true;
    }

    /** Whether it can tell when a container ended while there was no daemon. */
    default boolean knowsWhenItEnded() {
        return true;
    }

    /** The containers that there are behind the daemon, whether it knows them or not. */
    List<String> containers();

    /**
     * Lets a container that runs end while there is no daemon.
     *
     * @return its exit code
     */
    int end(String container);

    /** Kills what runs the containers, while there is no daemon. */
    void killAgents();

    /** Ends what outlives the daemon, when a test is over. */
    default void cleanUp() {}
}
