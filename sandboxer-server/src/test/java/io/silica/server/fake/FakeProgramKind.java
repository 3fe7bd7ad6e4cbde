// SPDX-License-Identifier: Apache-2.0
package io.silica.server.fake;

import io.silica.server.contract.KindUnderTest;
import java.nio.file.Path;
import java.util.List;

/** A kind whose containers run {@link FakeProgram}s. */
public interface FakeProgramKind extends KindUnderTest {
    @Override
    default void fill(Path rootfs) {}

    @Override
    default List<String> sleep() {
        return List.of("sleep");
    }

    @Override
    default List<String> exit(int code) {
        return List.of("exit", Integer.toString(code));
    }

    @Override
    default List<String> print(String line) {
        return List.of("print", line);
    }

    @Override
    default boolean execs() {
        return true;
    }
}
